public import ValueProtocol

/// Which station a meter has on its line, and how it got it: the meter's side of DISCOVER, ASSIGN and RELEASE.
///
/// It holds one station at most, for the client that assigned it alone, also over a power cut: ``dequeueChange()`` is written
/// down before ``HDLCStation`` answers as that station.
public struct StationMembership: Sendable {
    /// A station, and whose it is.
    public struct Assignment: Sendable, Hashable {
        /// Its number on the line.
        public let station: UInt16
        /// The address of the client that assigned it: the meter answers no other.
        public let client: UInt8
        /// The local unit of that client, and the epoch of its list.
        public let unit: StationMessage.Unit

        public init(station: UInt16, client: UInt8, unit: StationMessage.Unit) {
            self.station = station
            self.client = client
            self.unit = unit
        }
    }

    /// A change that has to outlive a power cut.
    public enum Change: Sendable, Hashable {
        case assigned(Assignment)
        case released
    }

    /// A station that nobody addresses for so long may be given up for another.
    public static let quietLimit = Duration.seconds(24 * 3600)

    public let eid: PartyID
    /// Its station; nil while it has none.
    public private(set) var assignment: Assignment?
    private var random: LineRandom
    /// When its station was addressed last, or it began.
    private var lastAddressed: Duration?
    /// What it answered last: only an ASSIGN that repeats it is for this meter.
    private var nonce: UInt32?
    private var answer: (due: Duration, client: UInt8)?
    private var change: Change?
    /// Before the change.
    private var former: Assignment?

    /// - Parameters:
    ///   - eid: the meter's; `.none` for one that takes no station.
    ///   - assignment: as it was written down last; nil if it has none.
    ///   - random: of its slots and nonces.
    public init(
        of eid: PartyID, _ assignment: Assignment? = nil,
        random: LineRandom = LineRandom()
    ) {
        self.eid = eid
        self.assignment = assignment
        self.random = random
    }

    /// When it next has something to say; nil if nothing.
    var wake: Duration? { answer?.due }

    /// Dequeues what has to be written down.
    public mutating func dequeueChange() -> Change? {
        defer { change = nil }
        return change
    }

    /// The change that was dequeued last could not be written down: it has not happened.
    public mutating func revertChange() { assignment = former }

    /// A frame for its station has come from its client.
    mutating func addressed(at now: Duration) { lastAddressed = now }

    /// The time begins, or goes on.
    mutating func advance(to now: Duration) { if lastAddressed == nil { lastAddressed = now } }

    /// Takes what a client says to all stations.
    mutating func receive(_ message: StationMessage, from client: UInt8, at now: Duration) {
        advance(to: now)
        guard eid != .none else { return }
        switch message {
        case .discover(let unit, let slots):
            answer = nil
            guard mayAnswer(unit, at: now) else { return }
            let slot = Int.random(in: 0..<slots.count, using: &random)
            nonce = UInt32.random(in: .min ... .max, using: &random)
            answer = (now + slots.length * slot, client)
        case .assign(let unit, let grants):
            guard let nonce, let grant = grants.first(where: { $0.meter == eid && $0.nonce == nonce }),
                0x10...0x7D ~= grant.station || 0x80...0x111 ~= grant.station
            else { return }
            let new = Assignment(station: grant.station, client: client, unit: unit)
            self.nonce = nil
            answer = nil
            lastAddressed = now
            set(new)
        case .release(let unit, let meters):
            guard assignment?.unit.eid == unit.eid, meters.isEmpty || meters.contains(eid) else { return }
            set(nil)
        case .present: break
        }
    }

    private func mayAnswer(_ unit: StationMessage.Unit, at now: Duration) -> Bool {
        guard let assignment else { return true }
        if assignment.unit.eid == unit.eid, assignment.unit.epoch != unit.epoch { return true }
        return now - (lastAddressed ?? now) >= Self.quietLimit
    }

    private mutating func set(_ new: Assignment?) {
        guard assignment != new else { return }
        if change == nil { former = assignment }
        assignment = new
        change = new.map { .assigned($0) } ?? .released
    }

    /// Dequeues the answer that is due.
    mutating func dequeueAnswer(at now: Duration) -> HDLCFrame? {
        guard let due = answer, now >= due.due, let nonce else { return nil }
        answer = nil
        return HDLCFrame(
            .response, HDLCServerAddress(.management, at: .unassigned), client: due.client, .unnumberedInformation,
            isFinal: false, information: StationMessage.present(eid, nonce: nonce).bytes)
    }
}
