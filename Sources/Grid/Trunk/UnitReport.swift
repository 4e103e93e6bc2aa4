public import ValueProtocol

/// What a unit has noticed on a line, for those above it. It is in clear on the trunk, so nothing in it is a key, an amount or
/// use; and nothing in it is proven, since a line proves nothing.
public struct UnitReport: Sendable, Hashable {
    /// The unit that noticed it.
    public let unit: PartyID
    /// When, since any fixed moment of who holds it. Between units it is its age.
    public let time: Duration
    public let content: Content

    public init(from unit: PartyID, at time: Duration, _ content: Content) {
        self.unit = unit
        self.time = time
        self.content = content
    }

    /// What was noticed.
    public enum Content: Sendable, Hashable {
        /// A meter does not answer any more.
        case quiet(PartyID, Presence)
        /// A meter that was quiet answers again.
        case back(PartyID, Presence)
        case quality(LineQuality)
        /// Where `expected` was asked, `found` has answered.
        case otherMeter(expected: PartyID, found: PartyID)
        /// Another local unit asks on the same line; nil where its identifier was not heard.
        case otherUnit(PartyID?)
        /// Somebody disturbs the line on purpose, or it looks like that.
        case attack(LineAttack)
        /// The meters of the unit's lines.
        case meters(MeterRoster)
        /// So many reports before this one were dropped, since they were not fetched in time.
        case lost(Int)
    }

    /// Why a meter is quiet, or is back. The numbers are those of the trunk's messages.
    public enum Presence: UInt8, Sendable, Hashable, CaseIterable {
        /// It stopped answering, or answers again, and nothing more is known.
        case unexplained = 1
        /// Most of what it sends is destroyed, or no longer is.
        case noise = 2
        /// It had no power.
        case power = 3
        /// Its station was taken from it, or given to it anew.
        case station = 4
        /// All meters of its line are quiet, or back.
        case line = 5
    }

    /// How well a line carries frames to and from one meter.
    public struct LineQuality: Sendable, Hashable {
        public let meter: PartyID
        /// The estimated probability that a byte is hit, in millionths.
        public let byteErrorRate: UInt32
        /// Exchanges since the last such report.
        public let exchanges: UInt32
        /// Frames that were sent again since then.
        public let repeats: UInt32

        public init(of meter: PartyID, byteErrorRate: UInt32, exchanges: UInt32, repeats: UInt32) {
            self.meter = meter
            self.byteErrorRate = byteErrorRate
            self.exchanges = exchanges
            self.repeats = repeats
        }
    }

    /// A disturbance that does not look like noise.
    public struct LineAttack: Sendable, Hashable {
        /// What it looks like. The numbers are those of the trunk's messages.
        public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
            /// One identifier answered twice in a round of discovery.
            case doubleIdentity = 1
            /// Frames that answer nothing, in numbers that noise does not explain.
            case flood = 2
            /// Frames in the unit's own name that it has not sent.
            case impersonation = 3
            /// The line carries something all the time.
            case jamming = 4
            /// Sessions with an element are begun at a rate that would use up its numbers, and never show a good answer.
            case sessions = 5
        }

        public let kind: Kind
        /// The meter concerned, if it is one.
        public let meter: PartyID?
        /// How many times since the last such report.
        public let count: UInt32

        public init(_ kind: Kind, meter: PartyID? = nil, count: UInt32 = 1) {
            self.kind = kind
            self.meter = meter
            self.count = count
        }
    }

    /// Meters that a unit has on its lines, and that it has no longer.
    public struct MeterRoster: Sendable, Hashable {
        public let present: [PartyID]
        public let gone: [PartyID]
        /// Whether `present` is all of them: of the unit, whatever was reported before.
        public let isComplete: Bool

        public init(present: [PartyID] = [], gone: [PartyID] = [], isComplete: Bool = false) {
            self.present = present
            self.gone = gone
            self.isComplete = isComplete
        }
    }
}

extension UnitReport {
    /// The same, with another time.
    func at(_ time: Duration) -> UnitReport { UnitReport(from: unit, at: time, content) }

    /// How many reports are lost where this one stands for them, or is lost itself.
    var lostCount: Int {
        guard case .lost(let count) = content else { return 1 }
        return count
    }

    /// The bytes that it counts against a message's limit.
    var byteCount: Int {
        guard case .meters(let roster) = content else { return 0 }
        return 8 * (roster.present.count + roster.gone.count)
    }
}
