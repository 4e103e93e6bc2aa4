import HeadEnd
import Records
import ValueProtocol

/// How an operation with one meter of a grid ended.
struct GridResult<Value> {
    let meter: PartyID
    let outcome: Result<Value, any Error>

    /// What `result` means for a command.
    init(
        _ meter: PartyID, _ result: Result<ContactReport, HostError>, _ value: (ContactReport) throws -> Value
    ) {
        self.meter = meter
        outcome = Result { try value(try result.get()) }
    }
}

extension Console {
    /// Reports the results of an operation with many meters; the program ends with an error unless every meter succeeded.
    func show<Value>(
        _ results: [GridResult<Value>], json members: (Value) -> JSONValue, lines: (Value) -> [String]
    ) throws {
        let documents = results.map { result -> JSONValue in
            switch result.outcome {
            case .success(let value): ["eid": .text("\(result.meter)"), "done": true, "result": members(value)]
            case .failure(let error): ["eid": .text("\(result.meter)"), "done": false, "error": .error(error)]
            }
        }
        output(
            ["meters": .list(documents)],
            results.flatMap { result in
                if case .success(let value) = result.outcome { lines(value) } else { [String]() }
            })
        let failures = results.compactMap { result -> (PartyID, any Error)? in
            if case .failure(let error) = result.outcome { (result.meter, error) } else { nil }
        }
        guard let first = failures.first else { return }
        if results.count == 1 { throw first.1 }
        for (meter, error) in failures { notice("\(meter): \(explained(error))") }
        let statuses = failures.map { exitStatus(of: $0.1) }
        throw Failure(
            statuses.first { $0 == .inDoubt } ?? statuses[0],
            "\(failures.count) of \(results.count) meters: not done. See each meter's error, and repeat.")
    }
}
