import CardIO
import ISO7816
import TestPrograms

/// Slots of the private pcscd for one test, and the cards put into them.
final class VirtualReaders: Sendable {
    let service: PCSCService
    let slots: [VirtualSlot]
    let environment: [String: String]

    private init(service: PCSCService, slots: [VirtualSlot], environment: [String: String]) {
        self.service = service
        self.slots = slots
        self.environment = environment
    }

    /// Lends `count` slots to `body`, waiting until other tests have released them. Remove the cards before it ends.
    static func lend<Value>(
        _ count: Int = 1, to body: (VirtualReaders) async throws -> Value
    ) async throws -> Value {
        let daemon = try PrivatePCSCD.shared.get()
        let service = try PCSCService()
        try await daemon.ready(service)
        let slots = await SlotPool.shared.take(count, of: daemon.slots)
        let readers = VirtualReaders(service: service, slots: slots, environment: daemon.environment)
        do {
            // The card of the previous test is out, which the service detects at its next poll.
            for slot in slots.indices { try await readers.waitUntilVacant(slot) }
            let value = try await body(readers)
            await SlotPool.shared.giveBack(slots)
            return value
        } catch {
            await SlotPool.shared.giveBack(slots)
            throw error
        }
    }

    /// Inserts a card into a slot and waits until PC/SC has detected it.
    func insert(_ card: sending any IntegratedCircuitCard, slot: Int = 0) async throws -> VirtualReaderCard {
        let virtual = try VirtualReaderCard(card, port: slots[slot].port)
        try await insert(virtual, slot: slot)
        return virtual
    }

    /// Inserts a card again that was removed or had failed.
    func insert(_ card: VirtualReaderCard, slot: Int = 0) async throws {
        try await waitUntilVacant(slot)
        try await card.insert()
        try await waitFor(slot) { $0.isCardPresent && !$0.isMute }
    }

    /// Waits until PC/SC has polled and detected that no card is present.
    ///
    /// After a failed reset pcscd calls a card absent at once, but misses another that comes before its next poll. Only
    /// a poll changes the count of insertions and removals, which is odd with a card and even without.
    func waitUntilVacant(_ slot: Int = 0) async throws {
        try await waitFor(slot) { !$0.isCardPresent && $0.changes.isMultiple(of: 2) }
    }

    private func waitFor(_ slot: Int, _ condition: (ReaderState) -> Bool) async throws {
        let reader = slots[slot].reader
        for try await states in service.states(deadline: .testDeadline) {
            if let state = states.first(where: { $0.reader == reader }), condition(state) { return }
        }
    }

    /// Connects to the card in a slot.
    func connect(slot: Int = 0, mode: ShareMode = .shared) async throws -> Card {
        try await service.connect(
            to: .name(slots[slot].reader), mode: mode, timeout: .seconds(600), deadline: .testDeadline)
    }

    /// Runs a program that finds these readers, such as `opensc-tool`.
    func run(_ program: String, _ arguments: String..., input: String = "") async throws -> Program.Outcome {
        try await Program(program, arguments, environment: .inherited(environment)).run(input: input)
    }
}

/// The slots that no test uses.
private actor SlotPool {
    static let shared = SlotPool()
    private var free: [VirtualSlot]?
    private var waiting: [(count: Int, continuation: CheckedContinuation<[VirtualSlot], Never>)] = []

    func take(_ count: Int, of all: [VirtualSlot]) async -> [VirtualSlot] {
        precondition(count <= all.count, "there are \(all.count) slots")
        if free == nil { free = all }
        return await withCheckedContinuation { continuation in
            waiting.append((count, continuation))
            serve()
        }
    }

    func giveBack(_ slots: [VirtualSlot]) {
        free?.append(contentsOf: slots)
        serve()
    }

    private func serve() {
        while let first = waiting.first, let free, free.count >= first.count {
            waiting.removeFirst()
            self.free = Array(free.dropFirst(first.count))
            first.continuation.resume(returning: Array(free.prefix(first.count)))
        }
    }
}
