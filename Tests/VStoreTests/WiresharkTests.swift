import Foundation
import TestSupport
import Testing

private let tsharkIsThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/tshark")

/// Wireshark, by tshark and with no settings, has of every APDU of the whole demonstration what our codec has.
@Suite("Wireshark", .enabled(if: tsharkIsThere, "tshark is missing: run Tools/setup"))
struct WiresharkTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Tools/interop/tshark_fields.py").path

    @Test func everyFieldOfTheDemonstrationIsTheSame() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [Self.script, BuiltProgram.vstore.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(said)")
        let lines = said.split(separator: "\n")
        #expect(lines.count == 2)
        for (line, least) in zip(lines, [600, 300]) {
            let fields = line.split(separator: ",").dropFirst().first?.split(separator: " ").first.flatMap { Int($0) }
            #expect(try #require(fields) > least, "\(line)")
        }
    }
}
