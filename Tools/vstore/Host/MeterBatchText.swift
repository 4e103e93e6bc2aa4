import HeadEnd

extension MeterResult {
    /// For programs: the address, and what was done or what was wrong.
    func json(_ members: (Value) -> JSONValue) -> JSONValue {
        switch outcome {
        case .success(let value): ["address": .text("\(address)"), "done": true, "result": members(value)]
        case .failure(let error): ["address": .text("\(address)"), "done": false, "error": .error(error)]
        }
    }
}

extension Console {
    /// Reports the results of a batch; the program ends with an error unless every meter succeeded.
    func show<Value>(
        _ results: [MeterResult<Value>], json members: (Value) -> JSONValue, lines: (Value) -> [String]
    ) throws {
        let done = results.flatMap { result -> [String] in
            if case .success(let value) = result.outcome { lines(value) } else { [] }
        }
        output(["meters": .list(results.map { $0.json(members) })], done)
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
