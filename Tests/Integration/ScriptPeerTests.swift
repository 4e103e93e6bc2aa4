import CardCrypto
import CardIO
import CardScript
import Foundation
import ISO7816
import TestPrograms
import Testing
import ValueElement
import ValueProtocol

/// The scripts of `APDU/scripts` with the blank card of `APDU/vectors/select.json`: ours runs them, and so does scriptor.
@Suite struct ScriptPeerTests {
    static let names = ["read-any-card", "read-blank-card", "refusals", "handshake-refused"]
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "APDU/scripts")

    static func path(_ name: String) -> String { folder.appending(path: "\(name).apdu").path() }

    static func script(_ name: String) throws -> Script {
        try Script(String(contentsOf: folder.appending(path: "\(name).apdu"), encoding: .utf8))
    }

    static func blankCard() throws -> ValueCard {
        let transportKey: [UInt8] = [
            0x1C, 0xC4, 0xB9, 0x4A, 0x10, 0xB3, 0x81, 0x6D, 0x4C, 0x7A, 0x82, 0x19, 0xB7, 0xE7, 0x46, 0x2D,
        ]
        let eid = try #require(PartyID("00A1B2C310011234"))
        let image = ElementImage(blank: eid, transportKey: Secret(copying: transportKey))
        return try ValueCard(VolatileMemory(ValueCard.records(image)))
    }

    @Test(arguments: names)
    func `every answer is the one expected`(name: String) throws {
        let channel = try InProcessChannel(Self.blankCard())
        let results = try Self.script(name).run(on: channel, reset: channel.reset)
        #expect(results.count == (try Self.script(name).steps.count))
        for result in results { #expect(result.ok, "line \(result.line): \(result.outcome)") }
    }

    @Test(
        .enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"), arguments: names)
    func `scriptor gets the same answers`(name: String) async throws {
        let script = try Self.script(name)
        try await VirtualReaders.lend { readers in
            let card = try await readers.insert(Self.blankCard())
            let outcome = try await readers.run("scriptor", "-r", readers.slots[0].reader, Self.path(name))
            let answers = try Self.answers(in: outcome.output)
            let sent = script.steps.compactMap { step -> ExpectedResponse?? in
                if case .send(_, let expected) = step.action { .some(expected) } else { nil }
            }
            #expect(answers.count == sent.count, "\(outcome)")
            for (expected, answer) in zip(sent, answers) {
                #expect(
                    expected?.matches(answer) ?? true, "\(name): \(answer) instead of \(String(describing: expected))")
            }
            await card.remove()
        }
    }

    /// What scriptor prints after `< `, over several lines, up to the colon before the meaning.
    static func answers(in output: String) throws -> [ResponseAPDU] {
        var answers: [ResponseAPDU] = []
        var digits: String?
        for line in output.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("< "), !line.hasPrefix("< OK") { digits = "" }
            guard let before = digits else { continue }
            let text = line.drop { $0 == "<" }
            digits = before + text.prefix { $0 != ":" }
            guard text.contains(":"), let all = digits else { continue }
            let bytes = all.split(separator: " ").compactMap { UInt8($0, radix: 16) }
            answers.append(try ResponseAPDU(bytes))
            digits = nil
        }
        return answers
    }
}
