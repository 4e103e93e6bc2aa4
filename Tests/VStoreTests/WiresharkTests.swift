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

    /// Wireshark shows which bytes are masked: of a command, of an answer, and of both in one packet.
    @Test(arguments: [
        ("pcapng", ["masked, not real: bytes 5-8", "masked, not real: bytes 4-11"]),
        ("gsmtap", ["masked, not real: bytes 5-8", "masked answer, not real: bytes 4-11"]),
    ])
    func `a comment says which bytes are masked`(form: String, comments: [String]) throws {
        try VStoreProgram.withHome { vstore in
            let log = vstore.home.appending(path: "pin.hex")
            try "> 0020008004 34333231\n< 63C2\n> 00B2010C00\n< 700A5A0847617390010100109000\n".write(
                to: log, atomically: true, encoding: .utf8)
            let capture = vstore.home.appending(path: "pin.pcapng").path
            let made = try vstore.run(["apdu", "decode", log.path, "--to", form, "--output", capture])
            #expect(made.status == 0, "\(made)")
            let shown = try Program(
                "/usr/bin/tshark", ["-r", capture, "-T", "fields", "-e", "frame.comment"]
            ).runBlocking()
            #expect(shown.status == 0)
            for comment in comments { #expect(shown.output.contains(comment), "\(shown.output)") }
            // The capture says it of itself, too.
            #expect(shown.output.contains("VERIFY"))
        }
    }
}
