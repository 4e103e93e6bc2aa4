import CardIO
import Foundation
import ISO7816
import PowerLine
import Synchronization
import Testing
import ValueProtocol

#if canImport(Glibc)
import Glibc
#endif

/// Channel and server over real sockets and a pseudo-terminal.
@Suite("Carriers of a line") struct CarrierTests {
    static let meter = PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77)

    /// So long that only a hang exceeds it.
    static let timeout = Duration.seconds(600)

    private func command(_ number: UInt8) throws -> CommandAPDU {
        try CommandAPDU(cla: 0x80, ins: 0x52, p1: number, p2: 0, data: [0x7E, 0x7D, number], expectedLength: 256)
    }

    /// Serves the echoing meter on one thread while `body` runs on another.
    private func serving(_ address: LineAddress, _ body: @escaping @Sendable (LineAddress) throws -> Void) async throws
    {
        let isOver = StopSign()
        let (serverThread, hostThread) = (try CardThread(), try CardThread())
        let (addresses, tell) = AsyncThrowingStream<LineAddress, any Error>.makeStream()
        serverThread.perform {
            do {
                let server = try MeterLineServer(address, idleLimit: .zero)
                tell.yield(server.address)
                let element = EchoElement()
                while !isOver.isSet { server.serve(for: .milliseconds(20), element) }
                tell.finish()
            } catch {
                tell.finish(throwing: error)
            }
        }
        for try await address in addresses {
            let result: Result<Void, any Error> = await withCheckedContinuation { done in
                hostThread.perform { done.resume(returning: Result { try body(address) }) }
            }
            isOver.set()
            try result.get()
        }
    }

    @Test func `one host after the other, over TCP`() async throws {
        try await serving(.tcp(host: "127.0.0.1", port: 0)) { address in
            for number in 0..<3 as Range<UInt8> {
                let channel = MeterLineChannel(address, timeout: Self.timeout)
                let answer = try channel.transmit(command(number))
                #expect(answer.data.first == number && answer.status == .success)
                channel.close()
                // The line is re-established, and the connection with it.
                #expect(try channel.transmit(command(9)).data.first == 9)
            }
        }
    }

    @Test func `a host that only sits there makes room`() async throws {
        try await serving(.tcp(host: "127.0.0.1", port: 0)) { address in
            let sitting = MeterLineChannel(address, timeout: Self.timeout)
            _ = try sitting.transmit(command(1))
            let other = MeterLineChannel(address, timeout: Self.timeout)
            #expect(try other.transmit(command(2)).data.first == 2)
            // Its connection no longer exists; it reports this, and is served again.
            #expect(throws: CardError(.cardReset, subject: "")) { try sitting.transmit(command(3)) }
            #expect(try sitting.transmit(command(4)).data.first == 4)
        }
    }

    @Test func `over a pseudo-terminal`() async throws {
        let pair = try TerminalPair()
        try await serving(.serial(path: pair.meterPath, baud: 115_200)) { _ in
            let cable = pair.cable()
            defer { cable.stop() }
            let channel = MeterLineChannel(
                .serial(path: pair.hostPath, baud: 115_200), of: Self.meter, timeout: Self.timeout)
            for number in 0..<20 as Range<UInt8> {
                let answer = try channel.transmit(command(number))
                #expect(answer.data.first == number)
            }
        }
    }

    @Test func `nobody there ends by the deadline`() throws {
        let nobody = MeterLineChannel(.tcp(host: "127.0.0.1", port: 1), timeout: .seconds(20), clock: .leaping())
        #expect(throws: CardError(.deadlineExceeded, subject: "")) { try nobody.transmit(command(1)) }
        let noDevice = MeterLineChannel(
            .serial(path: "/dev/no-such-line", baud: 9600), timeout: .seconds(20), clock: .leaping())
        let error = #expect(throws: CardError.self) { try noDevice.transmit(command(1)) }
        #expect(error?.cause as? LineError == LineError(.noDevice, ""))
    }

    @Test func `a meter without a card in its slot says so`() async throws {
        try await serving(.tcp(host: "127.0.0.1", port: 0)) { address in
            // The meter has no slot: it says so, and its element is there.
            let slot = MeterLineChannel(address, to: .cardSlot, timeout: Self.timeout)
            let sent = try command(1)
            #expect(throws: CardError(.cardUnresponsive, subject: "")) { try slot.transmit(sent) }
            let answer = try MeterLineChannel(address, timeout: Self.timeout).transmit(command(2))
            #expect(answer.data.first == 2)
        }
    }

    @Test func `an extended APDU is carried in segments`() async throws {
        try await serving(.tcp(host: "127.0.0.1", port: 0)) { address in
            let channel = MeterLineChannel(address, timeout: Self.timeout)
            let long = try CommandAPDU(
                cla: 0, ins: 0xD6, p1: 5, p2: 0, data: [UInt8](repeating: 0x7E, count: 30_000), expectedLength: nil)
            let answer = try channel.transmit(long)
            #expect(answer.data.first == 5)
        }
    }

    @Test(arguments: [
        "tcp:localhost:7701", "tcp:[::1]:1", "serial:/dev/ttyS0", "serial:/dev/pts/3@115200",
    ])
    func `addresses`(_ text: String) { #expect(LineAddress(text).map { "\($0)" } == text) }

    @Test(arguments: [
        "tcp:localhost", "tcp::1", "tcp:::1:2", "tcp:a:65536", "serial:", "serial:/dev/x@12", "serial:/dev/x@", "x", "",
    ])
    func `no addresses`(_ text: String) { #expect(LineAddress(text) == nil) }
}

/// Answers each command with its P1, then `9000`.
final class EchoElement: IntegratedCircuitCard {
    let answerToReset: [UInt8] = [0x3B, 0x80]
    func reset() {}
    func process(_ command: [UInt8]) -> [UInt8] { [command[2], 0x90, 0x00] }
}

/// A flag that one thread sets and another reads.
final class StopSign: Sendable {
    private let flag = Atomic(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
}
