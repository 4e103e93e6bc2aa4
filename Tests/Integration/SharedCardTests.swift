import CardIO
import CardIOTesting
import Dispatch
import ISO7816
import Synchronization
import Testing

/// Several clients of one card: tasks, connections, and one that resets it.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct SharedCardTests {
    struct Refusal: Error, Equatable {}

    let count: CommandAPDU
    init() throws { count = try CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x04]) }

    @Test func `tasks never interleave in transactions`() async throws {
        try await withCard(ReferenceCard()) { readers, card, _ in
            let (count, other) = (count, try await readers.connect())
            // The card counts its commands: within a transaction the numbers follow each other.
            let runs = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await (number.isMultiple(of: 2) ? card : other).withTransaction { transaction in
                            try (0..<4).map { _ in try transaction.transmit(count).data.last ?? 0 }
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for run in runs { #expect(run == (0..<4).map { run[0] + $0 }) }
            #expect(Set(runs.joined()) == Set(1...32))
            try await other.disconnect(.leave)
        }
    }

    @Test func `a transaction that would wait for itself is an error`() async throws {
        try await withCard(ReferenceCard()) { readers, card, _ in
            let (count, other) = (count, try await readers.connect())
            let (service, reader) = (readers.service, readers.slots[0].reader)
            try await card.withTransaction { transaction in
                for connection in [card, other] {
                    #expect(throws: CardError(.waitsForItself, subject: "")) {
                        try BlockingChannel(connection).transmit(count)
                    }
                    #expect(throws: CardError(.waitsForItself, subject: "")) {
                        try waitOnThisThread { _ = try await connection.withTransaction { try $0.transmit(count) } }
                    }
                }
                #expect(throws: CardError(.waitsForItself, subject: "")) {
                    try waitOnThisThread { _ = try await service.connect(to: .name(reader)) }
                }
                _ = try transaction.transmit(count)
            }
            // No state is left.
            #expect(try await other.withTransaction { try $0.transmit(count).status } == .success)
            try await other.disconnect(.leave)
        }
    }

    /// Closing an old connection does not reset a card inserted since.
    @Test func `a connection that ends leaves a card that came since alone`() async throws {
        try await VirtualReaders.lend { readers in
            let virtual = try await readers.insert(ReferenceCard())
            let first = try await readers.connect()
            _ = try await first.transmit(count)
            // Nothing more is sent to the first card, so that only the service knows that it was removed.
            await virtual.remove()
            try await readers.insert(virtual)
            let second = try await readers.connect()
            _ = try await second.transmit(count)
            try await first.disconnect(.reset)
            #expect(try await second.transmit(count).status == .success)
            try await second.disconnect(.leave)
            await virtual.remove()
        }
    }

    @Test func `a task that outlives the transaction may have the card`() async throws {
        try await withCard(ReferenceCard()) { _, card, _ in
            let count = count
            let (over, end) = AsyncStream<Void>.makeStream()
            let task = try await card.withTransaction { _ in
                Task {
                    for await _ in over {}
                    return try await card.transmit(count).status
                }
            }
            end.finish()
            #expect(try await task.value == .success)
        }
    }

    @Test func `a transaction begins again after another program's reset`() async throws {
        try await withCard(ReferenceCard()) { readers, card, _ in
            let (count, other) = (count, try await readers.connect())
            _ = try await card.transmit(count)
            try await other.reset()
            let runs = Runs()
            let body: @Sendable (Transaction) throws -> [UInt8] = { transaction in
                runs.count.add(1, ordering: .relaxed)
                return [transaction.isRestarted ? 1 : 0] + Array(try transaction.transmit(count).data)
            }
            // Reported by default; the body did not run.
            await #expect(throws: CardError(.cardReset, subject: "")) { try await card.withTransaction(body) }
            #expect(runs.count.load(ordering: .relaxed) == 0)
            try await other.reset()
            #expect(try await card.withTransaction(restarts: 1, body) == [1, 0, 0, 0, 1])
            #expect(runs.count.load(ordering: .relaxed) == 1)
            #expect(try await card.withTransaction(restarts: 1, body) == [0, 0, 0, 0, 2])
            try await other.disconnect(.leave)
        }
    }

    @Test func `after its first command a body never runs again`() async throws {
        try await withCard(ReferenceCard()) { _, card, reference in
            let (count, runs) = (count, Runs())
            // The body sees what looks like a reset before, and after, its first command.
            await #expect(throws: CardError(.cardReset, subject: "")) {
                try await card.withTransaction(restarts: 3) { transaction in
                    runs.count.add(1, ordering: .relaxed)
                    if runs.count.load(ordering: .relaxed) > 2 { _ = try transaction.transmit(count) }
                    throw CardError(.cardReset, subject: transaction.reader)
                }
            }
            #expect(runs.count.load(ordering: .relaxed) == 3)
            // Nor is it repeated after another error.
            await #expect(throws: Refusal()) {
                try await card.withTransaction(restarts: 3) { _ in
                    runs.count.add(1, ordering: .relaxed)
                    throw Refusal()
                }
            }
            #expect(runs.count.load(ordering: .relaxed) == 4)
        }
    }
}

/// Blocks this thread, which belongs to a card, until `work` is done, as `BlockingChannel` does.
private func waitOnThisThread(_ work: @escaping @Sendable () async throws -> Void) throws {
    let done = DispatchSemaphore(value: 0)
    let box = Box()
    Task {
        do {
            try await work()
            box.result.withLock { $0 = .success(()) }
        } catch {
            box.result.withLock { $0 = .failure(error) }
        }
        done.signal()
    }
    done.wait()
    try box.result.withLock { $0 }?.get()
}

private final class Box: Sendable {
    let result = Mutex<Result<Void, any Error>?>(nil)
}

/// How often a body ran.
private final class Runs: Sendable {
    let count = Atomic(0)
}
