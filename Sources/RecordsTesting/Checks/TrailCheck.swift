import Records
import ValueProtocol

extension Trial {
    func checkTrail() throws {
        let stores = [try opened(), try opened()]
        try equal(try stores[0].auditMark(), nil, "the mark of an empty trail")
        try equal(try stores[0].auditTrail(of: nil), [], "an empty trail")
        try equal(try stores[0].verify(against: []), 0, "the number of entries of an empty trail")
        var life = RandomLife(self)
        var marks: [AuditMark] = []
        for step in 0..<180 {
            try life.step(in: stores[step % 2])
            if let mark = try stores[step % 2].auditMark() { marks.append(mark) }
        }
        try require(!marks.isEmpty, "no mark was found in a random life")
        for store in stores + [try opened()] {
            var receipts: [AuditMark] = []
            let all = try store.auditTrail(of: nil)
            try equal(try store.verify(against: marks), all.count, "the number of entries that verify")
            try equal(Set(all), Set(life.trails.values.joined()), "the whole trail, beside those of its elements")
            try equal(Set(all.map(\.mark)).count, all.count, "how many marks the entries have")
            for (eid, entries) in life.trails {
                try equal(try store.auditTrail(of: eid), entries, "the trail of \(eid), oldest first")
            }
            for transaction in life.transactions.values {
                try equal(
                    try store.transaction(transaction.htxn, of: transaction.eid), transaction, "a transaction of a life"
                )
                let isSettled = transaction.state != .inDoubt && transaction.state != .needsManualResolution
                if isSettled {
                    let entries = life.trails[transaction.eid] ?? []
                    receipts.append(try receiptMark(of: transaction, entries, in: store))
                }
            }
            try store.verify(against: receipts)
        }
        try keeps(stores[0])
        try checkFalseMarks(marks, in: stores[0])
    }

    private func checkFalseMarks(_ marks: [AuditMark], in store: any RecordStore) throws {
        let entries = try store.auditTrail(of: nil)
        guard let mark = marks.last, let last = entries.map(\.mark.number).max() else { return }
        let wrong = [
            AuditMark(writer: mark.writer, number: mark.number, hash: mark.hash ^ 1),
            AuditMark(writer: mark.writer, number: last + 1, hash: mark.hash),
            AuditMark(writer: mark.writer + 1_000, number: mark.number, hash: mark.hash),
            AuditMark(writer: mark.writer, number: mark.number - 1, hash: mark.hash),
        ]
        for mark in wrong {
            try fails(.auditBroken, "verifying against \(mark), a mark that never was") {
                try store.verify(against: marks + [mark])
            }
        }
    }
}
