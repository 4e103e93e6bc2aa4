public import ValueProtocol

/// Everything that issuing an element will write to it: to be shown before the first write.
public struct IssuePlan: Sendable, Hashable {
    /// The subscriber card, meter, local or area unit.
    public let eid: PartyID
    /// The keys it gets, ascending, with the check values of the master keys from which they are derived.
    public let keys: [KeyDescriptor]
    /// Ascending by service.
    public let purses: [PursePlan]

    /// - Throws: `IssueError` `.planWrong`: an element that is not issued this way, no ADMIN key, a key twice or of
    ///   version 0, TRANSFER or TARIFF on a card, a service twice, a meter of another kind than the service, a purse
    ///   that the element cannot have.
    public init(eid: PartyID, keys: [KeyDescriptor], purses: [PursePlan]) throws(IssueError) {
        guard eid.kind.isIssued else {
            throw IssueError(.planWrong, "\(eid) is a \(eid.kind)")
        }
        self.eid = eid
        self.keys = keys.sorted { $0.name < $1.name }
        self.purses = purses.sorted { $0.service < $1.service }
        let purposes = keys.map(\.name.purpose)
        guard purposes.contains(.admin) else { throw IssueError(.planWrong, "\(eid) without an ADMIN key") }
        guard Set(purposes).count == purposes.count else {
            throw IssueError(.planWrong, "\(eid) with two versions of one key")
        }
        for key in keys {
            guard key.name.version > 0, IssuePlan.purposes(of: eid.kind).contains(key.name.purpose) else {
                throw IssueError(.planWrong, "\(key.name) on a \(eid.kind)")
            }
        }
        guard Set(purses.map(\.service)).count == purses.count else {
            throw IssueError(.planWrong, "\(eid) with two purses of one service")
        }
        for purse in purses { try IssuePlan.check(purse, on: eid) }
    }

    private static func check(_ purse: PursePlan, on eid: PartyID) throws(IssueError) {
        guard (1...4).contains(purse.service.rawValue), !eid.kind.isUnit else {
            throw IssueError(.planWrong, "\(purse.service) on a \(eid.kind)")
        }
        if eid.kind.isMeter {
            guard purse.service.rawValue == eid.kind.rawValue, purse.meter == .none, purse.version == 0 else {
                throw IssueError(.planWrong, "\(purse) on a \(eid.kind)")
            }
        } else if purse.meter == .none {
            guard purse.version == 0 else { throw IssueError(.planWrong, "\(purse)") }
        } else {
            guard purse.meter.kind.rawValue == purse.service.rawValue, purse.version > 0 else {
                throw IssueError(.planWrong, "\(purse)")
            }
        }
    }

    /// The purposes of the keys that an element of `kind` has: CREDIT, USAGE and ADMIN for a card, all five for a
    /// meter, USAGE and ADMIN for a local or area unit.
    public static func purposes(of kind: PartyKind) -> [Purpose] {
        if kind.isMeter { return Purpose.allCases }
        return kind.isUnit ? [.usage, .admin] : [.credit, .usage, .admin]
    }

    /// Plans an element with the newest key of each purpose that its kind has and the authority holds.
    ///
    /// - Parameters:
    ///   - eid: the element.
    ///   - held: the authority's master keys, as returned by `MasterKeyCard.heldKeys`.
    ///   - purses: those with a meter and version 0 get the newest TRANSFER version held.
    /// - Throws: `IssueError` `.planWrong`.
    public init(eid: PartyID, held: [KeyDescriptor], purses: [PursePlan]) throws(IssueError) {
        let transfer = held.newest(.transfer)?.name.version ?? 0
        try self.init(
            eid: eid, keys: IssuePlan.purposes(of: eid.kind).compactMap { held.newest($0) },
            purses: purses.map { purse in
                guard purse.meter != .none, purse.version == 0 else { return purse }
                return PursePlan(
                    service: purse.service, currency: purse.currency, limit: purse.limit, meter: purse.meter,
                    version: transfer)
            })
    }

    /// The ADMIN key that it gets.
    var admin: KeyName { keys.newest(.admin)?.name ?? .transport }
}

extension IssuePlan: CustomStringConvertible {
    /// One line for the element, one per key and one per purse.
    public var lines: [String] {
        ["\(eid.kind) \(eid)"] + keys.map { "key \($0)" } + purses.map { "purse \($0)" }
    }

    public var description: String { lines.joined(separator: "\n") }
}
