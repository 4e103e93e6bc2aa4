import CardIO
import ISO7816
import Synchronization
import Testing

@testable import PowerLine

#if canImport(Glibc)
import Glibc
#endif

/// A meter's port with attackers at it, over real sockets; the head-end has an address of its own.
@Suite("A line under attack") struct AttackedLineTests {
    /// A socket from another loopback address than the head-end's; nil if it is refused.
    private static func connect(to port: UInt16) -> LinePort? {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let line = LinePort(taking: descriptor)
        func address(_ last: UInt32, _ port: UInt16) -> sockaddr_in {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = (0x7F00_0000 | last).bigEndian
            return address
        }
        var (own, meter) = (address(9, 0), address(1, port))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &own) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard bound == 0 else { return nil }
        let result = withUnsafePointer(to: &meter) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) }
        }
        return result == 0 || errno == EINPROGRESS ? line : nil
    }

    /// SNRM and a command, as anybody can replay them.
    private static func frames(_ command: [UInt8]) -> [UInt8] {
        let server = HDLCServerAddress(.element, at: .unassigned)
        return HDLCFrame.bytes(of: [
            HDLCFrame(
                .command, server, client: 0x21, .setNormalResponseMode, information: HDLCParameters.offered.bytes),
            HDLCFrame(
                .command, server, client: 0x21, .information(send: 0, receive: 0), isFinal: true, isSegmented: false,
                information: command),
        ])
    }

    @Test func `the head-end's own exchanges go on`() async throws {
        let element = CountingElement()
        let (isOver, isServed) = (StopSign(), StopSign())
        let (serverThread, hostThread) = (try CardThread(), try CardThread())
        let (addresses, tell) = AsyncThrowingStream<LineAddress, any Error>.makeStream()
        let (endings, tellEnding) = AsyncStream<MeterLineServer.Disturbances>.makeStream()
        serverThread.perform {
            do {
                let server = try MeterLineServer(.tcp(host: "127.0.0.1", port: 0), idleLimit: .milliseconds(200))
                tell.yield(server.address)
                // Idle connections are closed after two seconds: until then the attack is not over.
                while !isOver.isSet || server.disturbances.closed < 80 || server.disturbances.sessions == 0 {
                    server.serve(for: .milliseconds(20), element)
                }
                tellEnding.yield(server.disturbances)
                tell.finish()
            } catch {
                tell.finish(throwing: error)
            }
            tellEnding.finish()
        }
        for try await address in addresses {
            guard case .tcp(_, let port) = address else { throw LineError(.noDevice, "\(address)") }
            let idle = (0..<100).map { _ in Self.connect(to: port) }
            let attacker = Task.detached {
                var (flood, noise) = (Self.connect(to: port), Self.connect(to: port))
                let attack = Self.frames([0x80, 0x50, 0, 0])
                while !isServed.isSet {
                    if flood?.write(attack, until: .now) != true || flood?.read() == nil {
                        flood = Self.connect(to: port)
                    }
                    if noise?.write([0x7E], until: .now) != true || noise?.read() == nil {
                        noise = Self.connect(to: port)
                    }
                    await Task.yield()
                }
            }
            let result: Result<Int, any Error> = await withCheckedContinuation { done in
                hostThread.perform {
                    done.resume(
                        returning: Result {
                            let host = MeterLineChannel(address, timeout: .seconds(600))
                            for number in 1...30 as ClosedRange<UInt8> {
                                let command = try CommandAPDU(
                                    cla: 0x80, ins: 0x52, p1: number, p2: 0, data: [number], expectedLength: 256)
                                let answer = try host.transmit(command)
                                guard answer.data.first == number else { return Int(number) }
                                // It disconnects, and comes again.
                                if number % 10 == 0 { host.close() }
                            }
                            return 0
                        })
                }
            }
            isOver.set()
            for await disturbances in endings {
                #expect(disturbances.closed >= 80 && disturbances.sessions > 0)
                break
            }
            isServed.set()
            await attacker.value
            #expect(try result.get() == 0)
            withExtendedLifetime(idle) {}
        }
        // The flood began 64 sessions, and then one per second.
        #expect(element.count < 64 + 600)
    }
}

/// Answers each command with its P1 and `9000`, and counts the sessions that are begun.
private final class CountingElement: IntegratedCircuitCard, Sendable {
    private let sessions = Atomic(0)
    var count: Int { sessions.load(ordering: .relaxed) }
    let answerToReset: [UInt8] = [0x3B, 0x80]
    func reset() {}
    func process(_ command: [UInt8]) -> [UInt8] {
        if command[1] == 0x50 { sessions.add(1, ordering: .relaxed) }
        return [command[2], 0x90, 0x00]
    }
}
