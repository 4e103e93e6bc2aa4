import ArgumentParser
import CardIO
import ISO7816

struct ReaderList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the readers, by number and name, and what is in them.",
        discussion: """
              vstore reader list
            """)

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let states = try await PCSCService().readerStates(deadline: .now + .seconds(60))
        if states.isEmpty {
            let reason = USBCardReader.reason(for: USBCardReader.connected())
            common.console.notice(reason.map { "\($0)" } ?? "No reader is connected.")
        }
        common.console.output(
            ["readers": .list(states.enumerated().map { Self.json($1, number: $0) })], table(states))
    }

    private static func json(_ state: ReaderState, number: Int) -> JSONValue {
        [
            "number": .number(number), "name": .text(state.reader), "card": .truth(state.isCardPresent),
            "mute": .truth(state.isMute), "inUse": .truth(state.isInUse || state.isExclusive),
            "atr": state.answerToReset.isEmpty ? .null : .text(state.answerToReset.hexadecimal()),
        ]
    }

    private func table(_ states: [ReaderState]) -> [String] {
        if states.isEmpty { return [] }
        var table = TextTable(["NUMBER", "READER", "CARD"])
        for (number, state) in states.enumerated() {
            table.add(["\(number)", state.reader, CardInReader.text(state)])
        }
        return table.lines
    }
}

/// What is in a reader, in words.
enum CardInReader {
    static func text(_ state: ReaderState) -> String {
        guard state.isCardPresent else { return "none" }
        if state.isMute { return "does not answer: check its contacts" }
        let use = state.isExclusive ? ", in exclusive use by another program" : ""
        return text(answerToReset: state.answerToReset) + use
    }

    /// The answer to reset with the protocols it offers.
    static func text(answerToReset bytes: [UInt8]) -> String {
        do throws(ATRError) {
            let answer = try AnswerToReset(bytes)
            let protocols = answer.protocols.map { "T=\($0)" }.joined(separator: ", ")
            return "\(bytes.hexadecimal(separator: " "))  (\(protocols))"
        } catch {
            return "\(bytes.hexadecimal(separator: " "))  (\(error))"
        }
    }
}
