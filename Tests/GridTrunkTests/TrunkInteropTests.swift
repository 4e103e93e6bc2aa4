import Foundation
import Grid
import NetworkIdentity
import Synchronization
import TestPrograms
import TestSupport
import Testing
import ValueProtocol

@testable import GridTrunk

/// A unit written in Python from trunk.proto alone (Tools/interop/trunk_unit.py), over another maker's gRPC and TLS.
@Suite(.timeLimit(.minutes(2))) struct TrunkInteropTests {
    static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Tools/interop/trunk_unit.py").path

    /// - Parameter cut: the messages after which the unit ends its connection; 0 for never.
    @Test(arguments: [0, 20]) func `a unit of another maker serves a host, and carries nothing out twice`(
        cut: Int
    ) async throws {
        let network = try TestNetwork()
        let host = try await TestHost(network.host)
        let files = try network.areaUnit(5)
        let ran = Mutex<[String]>([])
        let unit = try RunningProgram(
            Program(
                "/usr/bin/python3",
                [
                    Self.script, "127.0.0.1:\(host.port)", "--certificate", files.certificate, "--key", files.key,
                    "--authority", files.authority, "--credit", "7", "--cut", "\(cut)",
                ]), onLine: { line in if line.hasPrefix("ran ") { ran.withLock { $0.append(line) } } })
        await withTaskGroup(of: Void.self) { group in
            for number in UInt8.min...UInt8.max {
                group.addTask {
                    let outcome = await host.load([number], through: TestNetwork.unit(5))
                    switch number {
                    case 0: #expect(outcome == .notSent(.silent))
                    case 255: #expect(outcome == .perhapsDone(.silent))
                    default: #expect(outcome == .answered([number, 0x90, 0]))
                    }
                }
            }
        }
        try unit.closeInput()
        let lines = ran.withLock { $0 }
        #expect(lines.count == 256)
        #expect(Set(lines).count == 256)
    }
}
