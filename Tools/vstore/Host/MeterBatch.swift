import CardIO
import HeadEnd
import ISO7816
import PowerLine
import Records
import RecordsSQLite
import Synchronization
import ValueProtocol

/// A round of meters: each is contacted once, some at a time, each on a thread that may block.
final class MeterBatch: Sendable {
    /// How it went with one meter.
    struct MeterResult<Value: Sendable>: Sendable {
        let place: MeterAddress
        let outcome: Result<Value, any Error>
    }

    private let places: [MeterAddress]
    private let atOnce: Int
    private let patience: Duration
    private let tracer: Tracer?
    private let host: HostContext
    private let isToSlot: Bool
    private let next = Atomic(0)

    /// - Parameter toSlot: whether the cards in the meters' slots are meant.
    init(_ options: MeterPlaceOptions, _ host: HostContext, _ common: ProgramOptions, toSlot: Bool = false) throws {
        isToSlot = toSlot
        places = try options.all()
        atOnce = options.atOnce
        patience = .seconds(options.patience)
        tracer = try common.tracer()
        self.host = host
    }

    /// Has `work` done with each meter; one that fails does not keep the others.
    ///
    /// - Returns: the visits in the order of the meters.
    func visit<Value: Sendable>(
        _ work: @escaping @Sendable (CreditDesk, any CardChannel, MeterAddress) throws -> Value
    ) async throws -> [MeterResult<Value>] {
        let threads = try (0..<min(atOnce, places.count)).map { _ in try CardThread() }
        let visits = await withTaskGroup(of: [(Int, MeterResult<Value>)].self) { group in
            for thread in threads {
                group.addTask {
                    await withCheckedContinuation { done in
                        thread.perform { done.resume(returning: self.work(work)) }
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        return visits.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// Takes one meter after the other until none is left; on a thread of its own.
    private func work<Value: Sendable>(
        _ work: @Sendable (CreditDesk, any CardChannel, MeterAddress) throws -> Value
    ) -> [(Int, MeterResult<Value>)] {
        var visits: [(Int, MeterResult<Value>)] = []
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < places.count else { return visits }
            let place = places[index]
            let outcome = Result { try contact(place, work) }
            visits.append((index, MeterResult(place: place, outcome: outcome)))
        }
    }

    private func contact<Value: Sendable>(
        _ place: MeterAddress, _ work: @Sendable (CreditDesk, any CardChannel, MeterAddress) throws -> Value
    ) throws -> Value {
        // Once they are open the keys are only read, and each desk has an authority of its own.
        guard let keys = host.keys else { throw HostError(.noFile, host.home.sealedKeys) }
        let meter = place.meter ?? .none
        let line = MeterLineChannel(
            place.address, from: keys.pid, to: isToSlot ? meter.cardSlot : meter, patience: patience)
        let channel = tracer?.trace(line, name: "\(place)") ?? line
        let desk = CreditDesk(records: host.records, authority: try keys.authority(register: host.records))
        return try work(desk, channel, place)
    }
}

extension MeterBatch.MeterResult {
    /// For programs: where, and what was done or what was wrong.
    func json(_ members: (Value) -> JSONValue) -> JSONValue {
        switch outcome {
        case .success(let value): ["address": .text("\(place)"), "done": true, "result": members(value)]
        case .failure(let error):
            [
                "address": .text("\(place)"), "done": false,
                "error": [
                    "status": .number(Int(exitStatus(of: error).rawValue)),
                    "kind": .text(exitStatus(of: error).name), "message": .text(explained(error)),
                ],
            ]
        }
    }
}

extension Console {
    /// Gives how a round went; the program ends with an error where it did not go well with every meter.
    func show<Value>(
        _ visits: [MeterBatch.MeterResult<Value>], json members: (Value) -> JSONValue, lines: (Value) -> [String]
    ) throws {
        let done = visits.flatMap { visit -> [String] in
            if case .success(let value) = visit.outcome { lines(value) } else { [] }
        }
        give(["meters": .list(visits.map { $0.json(members) })], done)
        let failures = visits.compactMap { visit -> (MeterAddress, any Error)? in
            if case .failure(let error) = visit.outcome { (visit.place, error) } else { nil }
        }
        guard let first = failures.first else { return }
        if visits.count == 1 { throw first.1 }
        for (place, error) in failures { note("\(place): \(explained(error))") }
        let statuses = failures.map { exitStatus(of: $0.1) }
        throw Failure(
            statuses.first { $0 == .inDoubt } ?? statuses[0],
            "\(failures.count) of \(visits.count) meters: not done. See each meter's error, and repeat.")
    }
}

extension LineError: ExitStatusProviding {
    var exitStatus: ExitStatus { .unreachable }
}
