import Foundation
import ISO7816
import Meter
import PowerLine
import ValueElement
import ValueProtocol

/// An electric meter on its own thread, with its line on a TCP port and a slot for cards.
final class MeterStation: @unchecked Sendable {
    /// The address of its line.
    let address: LineAddress
    private let lock = NSLock()
    // With the lock held.
    private var orders: [(CardSlot) -> Void] = []
    private var isOver = false

    /// - Parameter records: of the meter.
    init(_ records: [RecordName: [UInt8]]) async throws {
        let started = AsyncStream<Result<(LineAddress, Box<MeterLineServer>, Box<ElectricMeter>), any Error>>
            .makeStream()
        Thread.detachNewThread {
            started.continuation.yield(
                Result {
                    let meter = try ElectricMeter(
                        VolatileMemory(records), parts: ElectricParts(clock: AdjustableClock { 1_767_225_600 }))
                    let server = try MeterLineServer(.tcp(host: "127.0.0.1", port: 0))
                    return (server.address, Box(server), Box(meter))
                })
        }
        var iterator = started.stream.makeAsyncIterator()
        guard let result = await iterator.next() else { throw CocoaError(.featureUnsupported) }
        let (address, server, meter) = try result.get()
        self.address = address
        Thread.detachNewThread { self.run(server.value, meter.value) }
    }

    private func run(_ server: MeterLineServer, _ meter: ElectricMeter) {
        let slot = CardSlot()
        while true {
            let (orders, isOver) = lock.withLock {
                defer { self.orders = [] }
                return (self.orders, self.isOver)
            }
            if isOver { return }
            for order in orders { order(slot) }
            server.serve(for: .milliseconds(20), meter, slot: slot.hasCard ? slot : nil)
        }
    }

    /// Inserts a card into the slot, and returns once the meter has read it.
    func insert(_ channel: any CardChannel) async {
        nonisolated(unsafe) let channel = channel
        await withCheckedContinuation { continuation in
            order { slot in
                slot.insert(channel)
                continuation.resume()
            }
        }
    }

    /// The lines on the slot's display.
    func display() async -> [[String]] {
        await withCheckedContinuation { continuation in
            order { slot in
                if slot.mayHaveChanged { slot.look() }
                continuation.resume(returning: slot.display)
            }
        }
    }

    func stop() { lock.withLock { isOver = true } }

    private func order(_ order: @escaping (CardSlot) -> Void) { lock.withLock { orders.append(order) } }

    private struct Box<Value>: @unchecked Sendable {
        let value: Value
        init(_ value: Value) { self.value = value }
    }
}

/// Runs blocking work on its own thread.
func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
}
