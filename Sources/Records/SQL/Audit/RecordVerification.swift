internal import ValueProtocol

extension SQLRecords {
    /// The records must agree with the last entries of the trail.
    func verifyRecords(in database: any SQLConnection) throws {
        var kept: [AuditEvent.Kind: Int] = [:]
        func keep(_ kind: AuditEvent.Kind) { kept[kind, default: 0] += 1 }
        for transaction in try transactions("1 = 1", [], in: database) {
            keep(.transaction)
            try require(.transaction(transaction), of: transaction.eid, in: database) {
                LegacyAuditText.text(transaction)
            }
        }
        for carry in try carryOvers("1 = 1", [], in: database) {
            keep(.carryOver)
            try require(.carryOver(carry), of: carry.from, in: database) { LegacyAuditText.text(carry) }
        }
        for row in try database.query("SELECT eid FROM element") {
            let eid = try row.party("eid")
            for balance in try balances(of: eid, in: database) {
                keep(.balance)
                try require(balance, of: eid, in: database)
            }
            for purse in try purses(of: eid, in: database) {
                keep(.purse)
                try require(purse, of: eid, in: database)
            }
            if try requireStatus(of: eid, in: database) { keep(.elementStatus) }
        }
        for (kind, recorded) in try recordedSubjects(in: database) where kept[kind, default: 0] != recorded {
            throw HostError(.auditBroken, "\(path), rows missing: \(kind)")
        }
    }

    private func require(
        _ event: AuditEvent, of eid: PartyID, in database: any SQLConnection, sentence: () -> String
    ) throws {
        let isToldSo =
            switch try lastEntry(event.subject, of: eid, in: database)?.content {
            // Compares bytes: two strings can be equal with different encodings.
            case .event(let recorded)?: recorded.encoded == event.encoded
            case .sentence(_, let text)?: Array(text.utf8) == Array(sentence().utf8)
            case nil: false
            }
        guard isToldSo else { throw HostError(.auditBroken, "\(eid): \(event)") }
    }

    /// A purse must be as the trail tells it.
    func require(_ purse: Bind, of eid: PartyID, in database: any SQLConnection) throws {
        try require(.purse(purse), of: eid, in: database) { LegacyAuditText.text(purse) }
    }

    private func require(_ balance: ProvenBalance, of eid: PartyID, in database: any SQLConnection) throws {
        let subject = AuditSubject(.balance, UInt64(balance.service.rawValue))
        let entry = try lastEntry(subject, of: eid, in: database)
        let isToldSo =
            switch entry?.content {
            case .event(.balance(_, let amount, _))?: amount == balance.amount
            case .sentence(_, let text)?: text == LegacyAuditText.text(balance.amount)
            default: false
            }
        guard isToldSo, entry?.time == balance.time else {
            throw HostError(.auditBroken, "\(eid), balance of \(balance.service): \(balance.amount)")
        }
    }

    /// - Returns: whether the trail has an entry for it; if not, the element must be in use.
    private func requireStatus(of eid: PartyID, in database: any SQLConnection) throws -> Bool {
        let status = try status(of: eid, in: database)
        let entry = try lastEntry(AuditSubject(.elementStatus), of: eid, in: database)
        let isToldSo =
            switch entry?.content {
            case .event(.elementStatus(let recorded, _))?: recorded == status
            case .sentence(_, let text)?: text == LegacyAuditText.text(status)
            case nil: status == .inUse
            default: false
            }
        guard isToldSo else { throw HostError(.auditBroken, "\(eid): \(status)") }
        return entry != nil
    }

    /// The number of rows of each kind according to the trail; the records must have as many.
    private func recordedSubjects(in database: any SQLConnection) throws -> [AuditEvent.Kind: Int] {
        var recorded: [AuditEvent.Kind: Int] = [:]
        for (kind, prefix) in LegacyAuditText.subjectPatterns {
            // A subject with both an old sentence and an event counts once.
            let events = try database.query(
                "SELECT DISTINCT eid, subject FROM audit_event WHERE kind = ?", kind.rawValue)
            var subjects = Set<[String]>()
            for row in events {
                let subject = AuditSubject(kind, UInt64(bitPattern: try row.integer("subject")))
                subjects.insert([try row.text("eid"), LegacyAuditText.subject(subject) ?? ""])
            }
            let sentences = try database.query(
                "SELECT DISTINCT eid, subject FROM audit WHERE subject LIKE ?", prefix)
            for row in sentences {
                subjects.insert([try row.text("eid"), try row.text("subject")])
            }
            recorded[kind] = subjects.count
        }
        return recorded
    }
}
