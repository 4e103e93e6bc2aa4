public import Issuing
public import ValueProtocol

extension SQLRecords {
    public func issueHistory(of eid: PartyID) throws(HostError) -> [JournalEntry] {
        try read { database in
            try entries(on: AuditSubject(.issuing), of: eid, in: database).compactMap { entry in
                guard case .issuing(let event) = entry.event else { return nil }
                return JournalEntry(eid, event, at: entry.time)
            }
        }
    }

    public func record(_ entries: [JournalEntry]) throws(HostError) {
        try write { database in
            for entry in entries {
                try own(entry.element, in: database)
                try trail.append(.issuing(entry.event), of: entry.element, at: entry.time, to: database)
            }
        }
    }
}
