public import ValueProtocol

/// The meters of a local unit's line, each with its station: what the unit writes down before it assigns.
///
/// A station counts as given until its meter shows that it has none, or has been silent for ``quietLimit``.
public struct StationList: Sendable, Hashable {
    /// A change, in the order in which it is written down.
    public enum Change: Sendable, Hashable {
        /// A new list: everything before it is void. The client's address is the unit's own on the line.
        case began(epoch: UInt32, client: UInt8)
        case given(PartyID, station: UInt16)
        case withdrawn(PartyID)
    }

    /// A meter that is silent for so long has its station no more.
    public static let quietLimit = Duration.seconds(48 * 3600)
    /// The stations that there are: `10` to `7D` in addresses of two bytes, `80` to `111` in those of four.
    public static let numbers: [UInt16] = Array(0x10...0x7D) + Array(0x80...0x111)

    /// When the unit began this list, in seconds since 1970 of its clock.
    public private(set) var epoch: UInt32
    /// The unit's address on the line.
    public private(set) var client: UInt8
    private var stations: [PartyID: UInt16] = [:]
    private var meters: [UInt16: PartyID] = [:]

    /// An empty list.
    public init(epoch: UInt32, client: UInt8) {
        self.epoch = epoch
        self.client = client
    }

    /// The list as it was written down; nil if none was begun.
    public init?(_ changes: some Sequence<Change>) {
        var list: StationList?
        for change in changes {
            if case .began(let epoch, let client) = change {
                list = StationList(epoch: epoch, client: client)
            } else {
                list?.apply(change)
            }
        }
        guard let list else { return nil }
        self = list
    }

    /// What makes this list of none.
    public var changes: [Change] {
        [.began(epoch: epoch, client: client)]
            + stations.sorted { $0.value < $1.value }.map { .given($0.key, station: $0.value) }
    }

    mutating func apply(_ change: Change) {
        switch change {
        case .began(let epoch, let client): self = StationList(epoch: epoch, client: client)
        case .given(let meter, let station):
            if let former = stations[meter] { meters[former] = nil }
            if let other = meters[station] { stations[other] = nil }
            stations[meter] = station
            meters[station] = meter
        case .withdrawn(let meter):
            if let station = stations.removeValue(forKey: meter) { meters[station] = nil }
        }
    }

    /// The number of stations that are given.
    public var count: Int { stations.count }
    /// Every meter with a station, in the order of the stations.
    public var all: [PartyID] { stations.sorted { $0.value < $1.value }.map(\.key) }

    /// The meter's station; nil if it has none.
    public func station(of meter: PartyID) -> UInt16? { stations[meter] }
    /// The station's meter; nil if it is free.
    public func meter(at station: UInt16) -> PartyID? { meters[station] }

    /// The lowest station that is free and not among these; nil if all are given.
    func freeStation(besides taken: Set<UInt16>) -> UInt16? {
        Self.numbers.first { meters[$0] == nil && !taken.contains($0) }
    }
}
