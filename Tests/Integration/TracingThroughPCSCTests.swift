import CardIO
import CardScript
import CardTrace
import Foundation
import ISO7816
import TestPrograms
import TestSupport
import Testing

/// `vstore apdu trace` on other people's programs, and `vstore apdu replay` for them, through a real pcscd.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct TracingThroughPCSCTests {
    private func run(
        _ arguments: [String], _ readers: VirtualReaders, _ home: URL, input: String = ""
    ) async throws -> Program.Outcome {
        let environment = readers.environment.merging(["HOME": home.path, "VSTORE_HOME": home.path]) { $1 }
        // A replay that does not reach its end waits for Ctrl-C.
        return try await Program(
            "timeout", ["600", BuiltProgram.vstore.path] + arguments, environment: .inherited(environment)
        )
        .run(input: input)
    }

    @Test func `what OpenSC does is shown and written`() async throws {
        try await withTemporaryFolderAsync { home in
            try await VirtualReaders.lend { readers in
                let (card, reader) = (try await readers.insert(ScriptPeerTests.blankCard()), readers.slots[0].reader)
                let file = home.appending(path: "trace.jsonl")
                let outcome = try await run(
                    [
                        "apdu", "trace", "--trace-file", file.path, "opensc-tool", "--", "-r", reader, "-c", "default",
                        "-s", "00A4040007F05653544F524500", "-s", "00CA010000", "-s", "00200001049876543A",
                    ], readers, home)
                #expect(outcome.status == 0, "\(outcome)")
                // The program's own output is unchanged.
                #expect(outcome.output.contains("Received (SW1=0x90, SW2=0x00)"), "\(outcome)")
                let shown = outcome.errors
                #expect(shown.contains("# \(reader), from opensc-tool ("), "\(shown)")
                #expect(shown.contains("* inserted  3B 89 01 80 67 56 53 74 6F 72 65 31 57"), "\(shown)")
                #expect(shown.contains("> 00 CA 01 00 00  GET DATA element"), "\(shown)")
                #expect(shown.contains("> 00 20 00 01 04 •• •• •• ••  VERIFY"), "\(shown)")
                #expect(!shown.contains("98 76"))

                let records = try TraceReader.records(in: Data(contentsOf: file), file: "trace.jsonl")
                let events = records.compactMap { if case .exchange(let event) = $0 { event } else { nil } }
                #expect(events.map { $0.command.bytes[1] }.suffix(3) == [0xA4, 0xCA, 0x20])
                for event in events.suffix(3) {
                    #expect(event.reader == reader && event.sender?.name == "opensc-tool")
                    #expect(event.sender?.process ?? 0 > 0 && event.time ?? 0 > 0 && event.duration ?? .zero > .zero)
                    #expect(event.answerToReset.count == 13)
                }
                let json = try await run(
                    ["apdu", "trace", "--json", "opensc-tool", "--", "-r", reader, "-s", "00CA010000"], readers, home)
                #expect(json.errors.contains(#""name":"GET DATA element""#), "\(json)")
                await card.remove()
            }
        }
    }

    @Test func `what scriptor does is shown and its status kept`() async throws {
        try await withTemporaryFolderAsync { home in
            try await VirtualReaders.lend { readers in
                let (card, reader) = (try await readers.insert(ScriptPeerTests.blankCard()), readers.slots[0].reader)
                let file = home.appending(path: "trace.pcapng")
                let outcome = try await run(
                    [
                        "apdu", "trace", "--trace-file", file.path, "scriptor", "-r", reader,
                        ScriptPeerTests.path("read-blank-card"),
                    ], readers, home)
                #expect(outcome.status == 0, "\(outcome)")
                #expect(outcome.errors.contains("SELECT by DF name"), "\(outcome)")
                let records = try TraceReader.records(in: Data(contentsOf: file), file: "trace.pcapng")
                let sent = records.compactMap { if case .exchange(let event) = $0 { event.command.bytes } else { nil } }
                let expected = try ScriptPeerTests.script("read-blank-card").steps.compactMap { step -> [UInt8]? in
                    if case .send(let command, _) = step.action { command.constant?.bytes } else { nil }
                }
                #expect(sent == expected)
                await card.remove()

                let failed = try await run(["apdu", "trace", "sh", "--", "-c", "exit 7"], readers, home)
                #expect(failed.status == 7, "\(failed)")
                let missing = try await run(["apdu", "trace", "no-such-program-here"], readers, home)
                #expect(missing.status == 64, "\(missing)")
            }
        }
    }

    /// A recorded card in a virtual reader answers as recorded; what was not recorded ends it, and is shown.
    @Test(arguments: [true, false]) func `a trace is played through PC/SC`(asRecorded: Bool) async throws {
        try await withTemporaryFolderAsync { home in
            try await VirtualReaders.lend { readers in
                let slot = readers.slots[0]
                let trace = home.appending(path: "recorded.txt")
                try "> 80 10 00 00 02 12 34\n< 56 78 90 00\n> 80 14 00 00 00\n< AA 90 00\n".write(
                    to: trace, atomically: true, encoding: .utf8)
                try await readers.waitUntilVacant()
                async let replayed = run(
                    ["apdu", "replay", trace.path, "--pcsc", "--port", "\(slot.port)"], readers, home)
                try await readers.service.waitForCard(in: .name(slot.reader), deadline: .testDeadline)
                let script = "80 10 00 00 02 12 34\n" + (asRecorded ? "80 14 00 00 00\n" : "80 14 00 01 00\n")
                let scriptor = try await readers.run("scriptor", "-r", slot.reader, "-p", "T=1", input: script)
                #expect(scriptor.output.contains("< 56 78 90 00"), "\(scriptor)")
                #expect(scriptor.output.contains(asRecorded ? "< AA 90 00" : "< 6F 00"), "\(scriptor)")
                let outcome = try await replayed
                #expect(outcome.status == (asRecorded ? 0 : 1), "\(outcome)")
                let expected =
                    asRecorded
                    ? "2 commands as recorded, 0 left\n"
                    : """
                    command 2 is not as recorded:
                    expected  80 14 00 00 00
                    came      80 14 00 01 00
                                       ^^

                    """
                #expect(outcome.output == expected, "\(outcome)")
                try await readers.waitUntilVacant()
            }
        }
    }
}
