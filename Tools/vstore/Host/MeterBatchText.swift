import HeadEnd
import Records

extension MeterResult {
    /// For programs: the address, and what was done or what was wrong.
    func json(_ members: (Value) -> JSONValue) -> JSONValue {
        switch outcome {
        case .success(let value):
            ["address": .text("\(address)"), "done": true, "result": members(value), "owed": owedJSON]
        case .failure(let error): ["address": .text("\(address)"), "done": false, "error": .error(error)]
        }
    }

    /// The orders that the records owed the meter and that were done now, such as value of one that it replaced.
    private var owed: [CreditTransaction] {
        guard case .success(let results) = pending else { return [] }
        return results.compactMap { if case .done(let transaction) = $0.outcome { transaction } else { nil } }
    }

    private var owedJSON: JSONValue { owed.isEmpty ? .null : .list(owed.map(\.json)) }

    var owedLines: [String] { owed.map { "\($0)" } }

    /// What of that could not be done, and is tried again at the next contact.
    var owedFaults: [String] {
        switch pending {
        case .failure(let error): [explained(error)]
        case .success(let results):
            results.compactMap { result in
                switch result.outcome {
                case .done, .queued: nil
                case .refused(let transaction): "\(transaction)"
                case .declined(let reason): "\(reason)"
                }
            }
        }
    }
}

extension Console {
    /// Reports the results of a batch; the program ends with an error unless every meter succeeded.
    func show<Value>(
        _ results: [MeterResult<Value>], json members: (Value) -> JSONValue, lines: (Value) -> [String]
    ) throws {
        let done = results.flatMap { result -> [String] in
            if case .success(let value) = result.outcome { lines(value) + result.owedLines } else { [] }
        }
        output(["meters": .list(results.map { $0.json(members) })], done)
        for result in results {
            for fault in result.owedFaults {
                notice("\(result.address): what it is owed was not sent, and is at the next contact: \(fault)")
            }
        }
        let failures = results.compactMap { result -> (MeterAddress, any Error)? in
            if case .failure(let error) = result.outcome { (result.address, error) } else { nil }
        }
        guard let first = failures.first else { return }
        if results.count == 1 { throw first.1 }
        for (address, error) in failures { notice("\(address): \(explained(error))") }
        let statuses = failures.map { exitStatus(of: $0.1) }
        throw Failure(
            statuses.first { $0 == .inDoubt } ?? statuses[0],
            "\(failures.count) of \(results.count) meters: not done. See each meter's error, and repeat.")
    }
}
