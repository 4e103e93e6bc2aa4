internal import ISO7816
internal import ValueProtocol

/// Sessions and the journal, with their errors mapped to `IssueError`.
extension IssuingDesk {
    func open(
        _ key: KeyName, with element: ElementInfo, over channel: any CardChannel
    ) throws(IssueError) -> ElementConversation {
        do {
            return try ElementConversation(with: element, over: channel, by: authority, key: key)
        } catch {
            throw IssueError(.session, "\(element.eid)", cause: error)
        }
    }

    /// Executes `operation` on the element; a refusal is an error.
    func execute<O: ElementOperation>(
        _ operation: O, in session: inout ElementConversation
    ) throws(IssueError) -> O.Answer {
        let subject = "\(session.element.eid), \(O.code)"
        let result: OperationResult<O.Answer>
        do {
            result = try session.execute(operation)
        } catch {
            throw IssueError(.session, subject, cause: error)
        }
        guard let answer = result.answer else { throw IssueError(.elementRefused, "\(subject): \(result.status)") }
        return answer
    }

    /// Binds a purse of an issued element: recorded before it is sent, and once it is answered or refused. An element
    /// that answers another number than it must is blocked in the same session.
    func bind(_ purse: PursePlan, in session: inout ElementConversation) throws(IssueError) {
        let eid = session.element.eid
        let numbers = SlotNumbers(try history(of: eid))
        if let other = numbers.unansweredMeter(of: purse.service, besides: purse.meter) {
            throw IssueError(.bindUnanswered, "\(eid), \(purse.service), to meter \(other)")
        }
        try record(.bindStarted(purse), of: eid)
        let answer: Bind.Answer
        do throws(IssueError) {
            answer = try execute(purse.bind, in: &session)
        } catch {
            if error.code == .elementRefused { try record(.bindRefused(purse.service), of: eid) }
            throw error
        }
        guard numbers.allow(answer.binding, of: purse.service, boundTo: purse.meter) else {
            // Until it is blocked the BIND counts as unanswered: a repetition finds the same number, and blocks it.
            try record(.blockSent, of: eid)
            _ = try execute(SetState(.blocked), in: &session)
            try record(.bound(answer), of: eid)
            try record(.blocked, of: eid)
            throw IssueError(.setBack, "\(eid), binding \(answer.binding)")
        }
        try record(.bound(answer), of: eid)
    }

    private func history(of eid: PartyID) throws(IssueError) -> [JournalEntry] {
        do {
            return try journal.history(of: eid)
        } catch {
            throw IssueError(.journal, "\(eid)", cause: error)
        }
    }

    func progress(of eid: PartyID) throws(IssueError) -> IssueProgress? {
        do {
            return try journal.progress(of: eid)
        } catch {
            throw IssueError(.journal, "\(eid)", cause: error)
        }
    }

    func record(_ event: IssueEvent, of eid: PartyID) throws(IssueError) {
        do {
            try journal.append(JournalEntry(eid, event, at: clock()))
        } catch {
            throw IssueError(.journal, "\(eid)", cause: error)
        }
    }

    /// Has the element erase the versions older than `names`, which a valid S3 under the newer one causes (protocol
    /// §2). No session is ever opened under TRANSFER, whose older versions stay.
    ///
    /// - Returns: the keys that it holds now.
    func retireOlder(
        than names: [KeyName], of eid: PartyID, over channel: any CardChannel, _ progress: (IssueStep) -> Void
    ) throws(IssueError) -> [KeyName] {
        var held = try inspect(over: channel).keys
        for name in names where name.purpose != .transfer {
            let older = held.filter { $0.purpose == name.purpose && $0.version < name.version }
            guard !older.isEmpty else { continue }
            try prove(name, of: eid, over: channel)
            for key in older { progress(.keyRetired(key)) }
            held = try inspect(over: channel).keys
        }
        return held
    }

    /// Has the element prove that it holds a key: by the S4 of a session under it, whose S3 makes it erase older versions.
    func prove(_ name: KeyName, of eid: PartyID, over channel: any CardChannel) throws(IssueError) {
        let element = try inspect(over: channel)
        guard element.eid == eid else { throw IssueError(.otherElement, "\(element.eid), not \(eid)") }
        var session = try open(name, with: element, over: channel)
        _ = try execute(
            AskStatus(service: UtilityService(rawValue: eid.kind.isMeter ? eid.kind.rawValue : 1)), in: &session)
    }
}
