public import ISO7816
public import ValueProtocol

/// New key versions for an element in the field.
public struct RotationPlan: Sendable, Hashable {
    public let eid: PartyID
    /// The keys it gets, ascending.
    public let keys: [KeyDescriptor]
    /// Purses of a card whose slot gets a newer key of its meter.
    public let rebinds: [PursePlan]

    /// - Throws: `IssueError` `.planWrong` for a key twice, of version 0, or of a purpose that the element's kind does
    ///   not have.
    public init(eid: PartyID, keys: [KeyDescriptor], rebinds: [PursePlan] = []) throws(IssueError) {
        let allowed = IssuePlan.purposes(of: eid.kind)
        guard Set(keys.map(\.name.purpose)).count == keys.count, !keys.isEmpty || !rebinds.isEmpty,
            keys.allSatisfy({ $0.name.version > 0 && allowed.contains($0.name.purpose) })
        else { throw IssueError(.planWrong, "new keys of \(eid)") }
        for purse in rebinds {
            guard eid.kind == .subscriberCard, purse.meter.kind.rawValue == purse.service.rawValue, purse.version > 0
            else { throw IssueError(.planWrong, "\(purse) on \(eid)") }
        }
        self.eid = eid
        self.keys = keys.sorted { $0.name < $1.name }
        self.rebinds = rebinds
    }

    /// One line for the element, one per key and one per slot.
    public var lines: [String] {
        ["\(eid.kind) \(eid)"] + keys.map { "new key \($0)" } + rebinds.map { "purse \($0)" }
    }
}

extension IssuingDesk {
    /// Loads the new keys under the ADMIN key held, rebinds slots, and opens a session under each new key, so that the
    /// element proves it and erases the old ones. If interrupted, call it again: the element's own key list shows what is
    /// left.
    ///
    /// A meter keeps older TRANSFER keys in addition to the new one, for cards that have not been rebound yet.
    ///
    /// - Returns: the keys that the element holds at the end.
    /// - Throws: `IssueError` `.otherElement`, `.wrongState`, `.olderThanHeld`, `.session`, `.elementRefused`,
    ///   `.notAsPlanned`, `.journal`.
    public func rotate(
        _ plan: RotationPlan, over channel: any CardChannel, progress: (IssueStep) -> Void = { _ in }
    ) throws(IssueError) -> [KeyName] {
        let element = try inspect(over: channel)
        guard element.eid == plan.eid else { throw IssueError(.otherElement, "\(element.eid), not \(plan.eid)") }
        guard element.state == .issued || element.state == .blocked, let admin = element.newest(.admin) else {
            throw IssueError(.wrongState, "\(plan.eid) is \(element.state)")
        }
        let names = plan.keys.map(\.name)
        for name in names {
            if let held = element.newest(name.purpose), held.version > name.version {
                throw IssueError(.olderThanHeld, "\(plan.eid), \(held), not \(name)")
            }
        }
        try record(.rotationStarted(names), of: plan.eid)
        let missing = names.filter { !element.keys.contains($0) }
        if !missing.isEmpty || !plan.rebinds.isEmpty {
            var session = try open(admin, with: element, over: channel)
            progress(.sessionOpened(admin))
            if !missing.isEmpty {
                _ = try execute(PutKeys(missing), in: &session)
                progress(.keysLoaded(missing))
            }
            for purse in plan.rebinds {
                try bind(purse, in: &session)
                progress(.purseBound(purse))
            }
        }
        try prove(names, of: plan.eid, over: channel, progress)
        let held = try inspect(over: channel).keys
        let isAsPlanned = names.allSatisfy { name in
            held.contains(name)
                && (name.purpose == .transfer
                    || !held.contains { $0.purpose == name.purpose && $0.version < name.version })
        }
        guard isAsPlanned else {
            let list = held.map(\.description).joined(separator: ", ")
            throw IssueError(.notAsPlanned, "\(plan.eid) holds \(list)")
        }
        try record(.rotated(names), of: plan.eid)
        progress(.verified)
        return held
    }

    /// Has the element prove that it holds each of `names`, in a session under each; older versions are erased by that.
    ///
    /// What an element lists proves nothing, and no session is ever opened under TRANSFER.
    ///
    /// - Throws: `IssueError` `.otherElement`, `.session`, `.elementRefused`.
    public func prove(
        _ names: [KeyName], of eid: PartyID, over channel: any CardChannel, _ progress: (IssueStep) -> Void = { _ in }
    ) throws(IssueError) {
        for name in names where name.purpose != .transfer {
            let older = try inspect(over: channel).keys.filter {
                $0.purpose == name.purpose && $0.version < name.version
            }
            try prove(name, of: eid, over: channel)
            for key in older { progress(.keyRetired(key)) }
        }
    }
}
