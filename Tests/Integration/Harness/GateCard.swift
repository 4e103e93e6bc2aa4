import CardIOTesting
import Foundation
import ISO7816

/// A reference card that holds back its answer to `80 20` until the gate is opened.
final class GateCard: IntegratedCircuitCard, Sendable {
    static let command: [UInt8] = [0x80, 0x20, 0x00, 0x00, 0x00]
    let reference = ReferenceCard()
    private let gate = DispatchSemaphore(value: 0)
    private let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation

    init() { (arrivals, arrived) = AsyncStream<Void>.makeStream() }

    var answerToReset: [UInt8] { reference.answerToReset }

    func reset() throws(CardError) { try reference.reset() }

    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        guard command == Self.command else { return try reference.process(command) }
        arrived.yield()
        gate.wait()
        return [0x90, 0x00]
    }

    /// Waits until a command has reached the gate.
    func waitForCommand() async { for await _ in arrivals { return } }

    /// Lets one command through.
    func open() { gate.signal() }
}
