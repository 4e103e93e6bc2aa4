import CardIO
import CardIOTesting
import Foundation
import TestPrograms
import Testing

/// `vstore reader info` with a reader of a real pcscd: what the reader reports, and the card in it.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct ReaderInfoThroughPCSCTests {
    private func info(_ readers: VirtualReaders, _ more: String...) async throws -> Program.Outcome {
        try await Program(
            BuiltProgram.vstore.path, ["reader", "info", "--reader", readers.slots[0].reader] + more,
            environment: .inherited(readers.environment)
        ).run()
    }

    private func object(_ outcome: Program.Outcome) throws -> [String: Any] {
        #expect(outcome.status == 0, "\(outcome)")
        return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    @Test func `a reader is shown with its card and without one`() async throws {
        try await VirtualReaders.lend { readers in
            let empty = try object(try await info(readers, "--json"))
            #expect(empty["reader"] as? String == readers.slots[0].reader)
            #expect(empty["card"] == nil)

            let card = ReferenceCard()
            let answerToReset = card.answerToReset.map { String(format: "%02X", $0) }.joined(separator: " ")
            let virtual = try await readers.insert(card)
            let shown = try await info(readers)
            #expect(shown.status == 0 && shown.output.contains("Reader: \(readers.slots[0].reader)\n"), "\(shown)")
            #expect(shown.output.contains(answerToReset), "\(shown)")
            let full = try object(try await info(readers, "--json"))
            let atr = (full["card"] as? [String: Any])?["atr"] as? String
            #expect(atr?.replacing(" ", with: "") == answerToReset.replacing(" ", with: ""), "\(full)")
            await virtual.remove()
        }
    }

    /// A reader with a keypad and a name, in a separate process.
    @Test(.enabled(if: PluggableReader.missing == nil, "\(PluggableReader.missing ?? "")"))
    func `what a reader can do is shown`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                let own = try await OwnPCSCD(pluggable: true)
                let outcome = try await Program(
                    BuiltProgram.vstore.path, ["reader", "info", "--json"],
                    environment: .inherited(own.daemon.environment)
                ).run()
                #expect(outcome.status == 0)
                let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
                let attributes = document?["attributes"] as? [[String: String]]
                let reader = try #require(own.daemon.pluggable).reader
                #expect(
                    attributes == [
                        ["name": "vendor", "value": PluggableReader.maker], ["name": "friendly name", "value": reader],
                    ])
                let features = document?["features"] as? [[String: Any]]
                #expect(features?.map { $0["name"] as? String } == ["VERIFY_PIN_DIRECT"])
                #expect(features?.first?["controlCode"] as? Int == 0x4233_0006)
            }
        }
    }
}
