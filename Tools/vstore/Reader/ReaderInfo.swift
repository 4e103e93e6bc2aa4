import ArgumentParser
import CardIO

struct ReaderInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Explain a card's answer to reset byte by byte, and show what the reader can do.",
        discussion: """
            The card's probable name is looked up in the list that pcsc-tools installs. Without a reader:

              vstore reader info --atr '3B 65 00 00 9C 11 01 01 03'

            --atr-list reads a file with an answer to reset on each line (- is standard input; lines that are empty \
            or begin with # are left out), looks no names up, and with --json gives an object on each line; where one \
            cannot be read the exit status is 1.
            """)

    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "The reader: its name, its number in the list, or a part of its name.",
            discussion: "Else $VSTORE_READER, the setting, or the only one that holds a card.", valueName: "reader"),
        completion: ReaderCompletion.kind)
    var reader: String?

    @Option(name: .long, help: ArgumentHelp("An answer to reset in hexadecimal digits.", valueName: "hex"))
    var atr: String?

    @Option(name: .long, help: ArgumentHelp("A file of answers to reset.", valueName: "file"), completion: .file())
    var atrList: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The list of known cards, in the form of pcsc-tools.", valueName: "file"),
        completion: .file())
    var cardList: String?

    @OptionGroup var common: ProgramOptions

    mutating func validate() throws {
        guard [reader, atr, atrList].compactMap(\.self).count <= 1 else {
            throw ValidationError("Give only one of --reader, --atr and --atr-list.")
        }
        if let atr { _ = try Self.parse(atr) }
    }

    mutating func run() async throws {
        if let atrList { return try explainAll(TextFile.read(atrList)) }
        if let atr {
            let report = try report(Self.parse(atr))
            common.console.output(.object(report.members), report.lines)
            if case .failure = report.parsed { throw ExitCode(ExitStatus.refused.rawValue) }
            return
        }
        try await explainReader()
    }

    private func explainReader() async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        let states = try await PCSCService().readerStates(deadline: deadline)
        if states.isEmpty, let reason = USBCardReader.reason(for: USBCardReader.connected()) { throw reason }
        let name = try ReaderQuery.chosen(reader).resolve(among: states)
        let state = states.first { $0.reader == name }
        let facts = try await PCSCService().describe(name, deadline: deadline)
        var lines = facts.lines
        var members = facts.members
        if let state, state.isCardPresent, !state.isMute {
            let report = try report(state.answerToReset)
            lines += report.lines
            members.append(("card", .object(report.members)))
        } else {
            lines.append("Card: \(state.map(CardInReader.text) ?? "none")")
            members.append(("card", .null))
        }
        common.console.output(.object(members), lines)
    }

    private func explainAll(_ text: String) throws {
        var unreadable = 0
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.first == "#" || line.allSatisfy(\.isWhitespace) { continue }
            guard let bytes = [UInt8](hexadecimalDigits: String(line)) else {
                throw Failure(
                    .file,
                    "line \(index + 1): '\(line)' is not an answer to reset. Write two hexadecimal digits per byte.")
            }
            let report = ATRReport(bytes)
            if case .failure = report.parsed { unreadable += 1 }
            common.console.output(.object([("line", .number(index + 1))] + report.members), report.lines + [""])
        }
        if unreadable > 0 { throw ExitCode(ExitStatus.refused.rawValue) }
    }

    private func report(_ bytes: [UInt8]) throws -> ATRReport {
        ATRReport(bytes, cards: try ProbableCards(answering: bytes, list: cardList))
    }

    private static func parse(_ text: String) throws -> [UInt8] {
        guard let bytes = [UInt8](hexadecimalDigits: text), !bytes.isEmpty else {
            throw ValidationError("'\(text)' is not an answer to reset. Write two hexadecimal digits per byte.")
        }
        return bytes
    }
}
