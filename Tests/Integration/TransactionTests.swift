import CardIO
import CardIOTesting
import ISO7816
import Synchronization
import TestSupport
import Testing

/// Transactions, deadlines and cancellation.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct TransactionTests {
    struct Refusal: Error, Equatable {}

    let count: CommandAPDU
    let gated: CommandAPDU

    init() throws {
        count = try CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x04])
        gated = try CommandAPDU(GateCard.command)
    }

    @Test func `a body that throws resets the card`() async throws {
        try await withCard(ReferenceCard()) { _, card, reference in
            _ = try await card.withTransaction { try $0.transmit(count) }
            let resets = reference.resets
            #expect(try await card.withTransaction { Array(try $0.transmit(count).data) } == [0, 0, 0, 2])
            #expect(reference.resets == resets)
            await #expect(throws: Refusal()) { try await card.withTransaction { _ in throw Refusal() } }
            #expect(reference.resets > resets)
            #expect(try await card.withTransaction { Array(try $0.transmit(count).data) } == [0, 0, 0, 1])
        }
    }

    @Test func `a channel kept beyond its transaction throws`() async throws {
        /// Lets the channel escape, which the types otherwise forbid.
        final class Smuggler: @unchecked Sendable { var channel: Transaction? }
        let smuggler = Smuggler()
        try await withCard(ReferenceCard()) { _, card, reference in
            try await card.withTransaction { smuggler.channel = $0 }
            let commands = reference.commands
            #expect(throws: CardError(.transactionOver, subject: "")) { try smuggler.channel?.transmit(count) }
            #expect(reference.commands == commands)
        }
    }

    @Test func `a deadline frees the caller and the card wants a reset`() async throws {
        try await withCard(GateCard()) { _, card, gate in
            let (gated, count) = (gated, count)
            await #expect(throws: CardError(.deadlineExceeded, subject: "")) {
                try await passingDeadline(once: { _ in await gate.waitForCommand() }) { deadline in
                    try await card.transmit(gated, deadline: deadline)
                }
            }
            // The caller has returned while the command still waits at the gate.
            gate.open()
            await #expect(throws: CardError(.callCancelled, subject: "")) { try await card.transmit(count) }
            await #expect(throws: CardError(.callCancelled, subject: "")) {
                try await card.withTransaction { try $0.transmit(count) }
            }
            try await card.reset()
            #expect(try await card.transmit(count).status == .success)
        }
    }

    @Test func `a cancelled task is freed at once`() async throws {
        try await withCard(GateCard()) { _, card, gate in
            let command = gated
            let task = Task { try await card.transmit(command) }
            await gate.waitForCommand()
            task.cancel()
            await #expect(throws: CardError(.cancelled, subject: "")) { try await task.value }
            gate.open()
            await #expect(throws: CardError(.callCancelled, subject: "")) { try await card.transmit(count) }
        }
    }

    @Test func `a transaction given up sends nothing more and resets the card`() async throws {
        try await withCard(GateCard()) { _, card, gate in
            let (gated, count) = (gated, count)
            let reported = Told()
            let task = Task {
                try await card.withTransaction { transaction in
                    _ = try transaction.transmit(gated)
                    do throws(CardError) { _ = try transaction.transmit(count) } catch { reported.error = error }
                }
            }
            await gate.waitForCommand()
            task.cancel()
            await #expect(throws: CardError(.cancelled, subject: "")) { try await task.value }
            let resets = gate.reference.resets
            gate.open()
            // The body continued without its caller: its commands were refused, and the card was reset for the next.
            let fresh = try await card.transmit(count)
            #expect(Array(fresh.data) == [0, 0, 0, 1])
            #expect(reported.error?.code == .cancelled)
            #expect(gate.reference.resets > resets)
        }
    }

    @Test func `a transaction holds the card against others`() async throws {
        try await withCard(GateCard()) { readers, card, gate in
            let (gated, count) = (gated, count)
            let other = try await readers.connect()
            let holder = Task {
                try await card.withTransaction { transaction in
                    _ = try transaction.transmit(count)
                    return try transaction.transmit(gated).status
                }
            }
            await gate.waitForCommand()
            await #expect(throws: CardError(.deadlineExceeded, subject: "")) {
                // The other card's thread reads the clock, and then waits for its turn.
                try await passingDeadline(once: { await $0.waitForLooks(1) }) { deadline in
                    try await other.withTransaction(deadline: deadline) { try $0.transmit(count) }
                }
            }
            let resets = gate.reference.resets
            gate.open()
            #expect(try await holder.value == .success)
            // Its turn comes when the cancelled one has acquired and released the card.
            _ = try await other.status()
            #expect(gate.reference.resets == resets)
            #expect(try await card.withTransaction { Array(try $0.transmit(count).data) } == [0, 0, 0, 2])
            #expect(try await other.withTransaction { Array(try $0.transmit(count).data) } == [0, 0, 0, 3])
            try await other.disconnect(.leave)
        }
    }

    @Test func `a deadline inside the body stops before the next command`() async throws {
        try await withCard(GateCard()) { _, card, gate in
            let (gated, count) = (gated, count)
            let commands = gate.reference.commands
            await #expect(throws: CardError(.deadlineExceeded, subject: "")) {
                try await passingDeadline(once: { _ in await gate.waitForCommand() }) { deadline in
                    try await card.withTransaction(deadline: deadline) { transaction in
                        _ = try transaction.transmit(gated)
                        _ = try transaction.transmit(count)
                    }
                }
            }
            gate.open()
            // Its turn comes when the body is over.
            _ = try await card.status()
            #expect(gate.reference.commands == commands)
        }
    }
}

/// Keeps an error of a body whose caller has returned.
private final class Told: Sendable {
    private let kept = Mutex<CardError?>(nil)
    var error: CardError? {
        get { kept.withLock { $0 } }
        set { kept.withLock { $0 = newValue } }
    }
}
