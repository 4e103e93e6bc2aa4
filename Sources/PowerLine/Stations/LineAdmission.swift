/// Who of those connected to a meter's port has its line: an engine, without sockets or a clock.
///
/// One at a time is heard, the others wait. Whoever shows no frame for the meter is closed within seconds, if others are
/// connected; whoever has the line for a turn without a good answer to EXECUTE makes way for the next one. A host that had such an
/// answer has proved that it has keys: it keeps the line while it uses it, and a place is kept for its address, which goes first.
/// So idle connections, noise and replayed frames cost the host some seconds, and never the line.
struct LineAdmission: Sendable {
    /// Why a connection is closed.
    enum Ending: Sendable, Hashable {
        /// It has shown no frame for the meter.
        case showsNothing
        /// There are more connections than places.
        case crowded
        /// It has had its turn, or has been silent while others waited.
        case turnOver
    }

    private struct Connection: Sendable {
        let peer: String
        let since: Duration
        /// Since when it waits for the line with a frame; nil before its first.
        var waitingSince: Duration?
        var lastFrame: Duration?
        var isProven = false
    }

    /// The most connections, with the one that has the line.
    static let places = 16
    /// Of these, so many are for the address that was proved last.
    static let reserved = 4

    private let limit: Duration
    /// A connection is not closed before its first frame can have come.
    private var firstFrameLimit: Duration { max(limit, .seconds(2)) }
    private var connections: [Int: Connection] = [:]
    /// The address that was proved last.
    private var provenPeer: String?
    /// Whose bytes are heard; nil while nobody has shown a frame.
    private(set) var holder: Int?
    private var turnBegan = Duration.zero

    /// - Parameter limit: the time for a first frame, for a turn of a host that has proved nothing, and for the silence of one
    ///   that has.
    init(limit: Duration) { self.limit = limit }

    var count: Int { connections.count }

    /// Somebody has connected.
    ///
    /// - Parameters:
    ///   - id: of the connection.
    ///   - peer: its address, without the port.
    ///   - now: the time.
    /// - Returns: a connection that has no place any more; it may be this one.
    mutating func opened(_ id: Int, from peer: String, at now: Duration) -> Int? {
        connections[id] = Connection(peer: peer, since: now)
        let isProven = peer == provenPeer
        let others = connections.count { $0.value.peer != provenPeer }
        let isFull = connections.count > Self.places
        guard isFull || !isProven && provenPeer != nil && others > Self.places - Self.reserved else { return nil }
        // Who has shown least goes first; of those the one that is there for longest, but never for one that is as good.
        let mayGo = connections.filter { $0.key != holder && ($0.value.peer != provenPeer || isProven) }
        let victim = mayGo.filter { $0.value.lastFrame == nil && $0.key != id }.min { $0.value.since < $1.value.since }
        let gone = victim?.key ?? (isProven ? mayGo.keys.filter { $0 != id }.min() : nil) ?? id
        connections[gone] = nil
        return gone
    }

    /// A connection has ended by itself.
    mutating func closed(_ id: Int) {
        connections[id] = nil
        if holder == id { holder = nil }
    }

    /// A frame for the meter came over a connection.
    mutating func heardFrame(from id: Int, at now: Duration) {
        guard connections[id] != nil else { return }
        connections[id]?.lastFrame = now
        if id != holder, connections[id]?.waitingSince == nil { connections[id]?.waitingSince = now }
    }

    /// Whoever has the line got a good answer to EXECUTE.
    mutating func proved() {
        guard let holder else { return }
        connections[holder]?.isProven = true
        provenPeer = connections[holder]?.peer
    }

    /// Whether whoever has the line has the address that was proved last.
    var isHolderKnown: Bool { holder.flatMap { connections[$0]?.peer } == provenPeer && provenPeer != nil }

    /// When ``advance(to:)`` next has something to do; nil while nobody is to be closed.
    var wake: Duration? {
        var next: Duration?
        func consider(_ time: Duration) { next = min(next ?? time, time) }
        if connections.count > 1 {
            for (id, connection) in connections where id != holder && connection.lastFrame == nil {
                consider(connection.since + firstFrameLimit)
            }
        }
        if let end = turnEnd { consider(end) }
        return next
    }

    /// When whoever has the line loses it; nil while nobody waits for it.
    private var turnEnd: Duration? {
        guard let holder, let held = connections[holder] else { return nil }
        let waiting = connections.filter { $0.key != holder && $0.value.waitingSince != nil }
        guard !waiting.isEmpty else { return nil }
        // The head-end's own address need not wait for a stranger's turn.
        if held.peer != provenPeer, waiting.contains(where: { $0.value.peer == provenPeer }) { return turnBegan }
        return held.isProven ? (held.lastFrame ?? turnBegan) + limit : turnBegan + limit
    }

    /// Advances the time: closes who is to be closed, and gives the line to the next.
    mutating func advance(to now: Duration) -> [(id: Int, ending: Ending)] {
        var closed: [(id: Int, ending: Ending)] = []
        if connections.count > 1 {
            for (id, connection) in connections.sorted(by: { $0.key < $1.key })
            where id != holder && connection.lastFrame == nil && now >= connection.since + firstFrameLimit {
                closed.append((id, .showsNothing))
            }
        }
        if let holder, let turnEnd, now >= turnEnd { closed.append((holder, .turnOver)) }
        for (id, _) in closed { self.closed(id) }
        if holder == nil, let next = nextHolder {
            holder = next
            connections[next]?.waitingSince = nil
            turnBegan = now
        }
        return closed
    }

    private var nextHolder: Int? {
        let waiting = connections.filter { $0.value.waitingSince != nil }
        let known = waiting.filter { $0.value.peer == provenPeer }
        return (known.isEmpty ? waiting : known).min {
            ($0.value.waitingSince ?? .zero, $0.key) < ($1.value.waitingSince ?? .zero, $1.key)
        }?.key
    }
}
