import Foundation
import TestPrograms
import Testing

private let hasTshark = FileManager.default.isExecutableFile(atPath: "/usr/bin/tshark")

/// Wireshark (tshark without settings) agrees with our codec on every APDU of the whole demonstration.
@Suite("Wireshark", .enabled(if: hasTshark, "tshark is missing: run Tools/setup"))
struct WiresharkTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Tools/interop/tshark_fields.py").path

    @Test func `every field of the demonstration is the same`() throws {
        let outcome = try Program("/usr/bin/python3", [Self.script, BuiltProgram.vstore.path]).runBlocking()
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 2)
        for (line, least) in zip(lines, [600, 300]) {
            let fields = line.split(separator: ",").dropFirst().first?.split(separator: " ").first.flatMap { Int($0) }
            #expect(try #require(fields) > least, "\(line)")
        }
    }
}
