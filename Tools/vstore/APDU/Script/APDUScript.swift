import ArgumentParser
import CardScript
import CardTrace
import DurableFiles
import ISO7816

struct APDUScript: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "script", abstract: "Run a script of APDUs, and compare the answers with what it expects.",
        discussion: """
            One command per line in hexadecimal digits; # begins a comment; #= below a command says what is expected \
            of its answer (9000, 61xx, 6F * 9000, 84 *{5-16} 9000); reset resets the card; exit ends. scriptor of \
            pcsc-tools runs the same files.

            Lines that begin with #: do more:

              #: include FILE                  lines of another file, seen from this one's folder
              #: set aid = F0 56 53            a constant, used as ${aid}, ${#aid} being its count of bytes
              #: set eid = tag 6F/A5/80        from the answer above; also answer, answer[8+4], status
              #: expect tag 6F/84 = F0 *       of the answer above; also no tag 6F/84, length 8-16
              #: secret pin                    asked for, or of --secrets or --csv; masked wherever it would show
              #: bytes 00A4 04                  sent as they are, also where they are no command
              #: rows                          until #: end, once for each row of --csv

            The exit status is 1 where an answer is not as expected.

              vstore apdu script APDU/scripts/read-blank-card.apdu
              vstore apdu script purses.apdu --csv purses.csv --junit report.xml
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var access: ReaderAccessOptions
    @OptionGroup var secrets: SecretOptions
    @OptionGroup var options: ScriptOptions

    @Flag(name: .long, help: "End at the first answer that is not as expected.")
    var stop = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A table with a header: its columns are variables, its rows what #: rows goes through.",
            discussion: "A script without #: rows is run as a whole for each row.", valueName: "file"),
        completion: .file())
    var csv: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Write the results as JUnit XML too, for continuous integration.", valueName: "file"),
        completion: .file())
    var junit: String?

    @Argument(help: ArgumentHelp("The script, - for standard input.", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        _ = try access.access(in: card)
        guard [file, csv, options.secrets].count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("Standard input can be only one of script, table and secrets.")
        }
    }

    mutating func run() async throws {
        let script = try Script(at: file, read: TextFile.read)
        let table = try csv.map { try ScriptTable(csv: try TextFile.read($0), of: $0) }
        let variables = try options.variables(of: script, table: table)
        let (console, stop, raw) = (common.console, stop, options.raw)
        let tracer = try common.tracer(secrets: secrets.policy)
        let timed = try await CardLocation.withCards([
            try card.location(untraced: common, access: try access.access(in: card))
        ]) { cards in
            let card = cards[0]
            let masks = SecretMasks()
            let channel = ScriptChannel(card, isRaw: raw, masks: masks, tracer: tracer)
            var timed: [(result: ScriptResult, duration: Duration)] = []
            var start = ContinuousClock.now
            _ = script.run(
                on: channel, variables: variables, rows: table?.rows, onMismatch: stop ? .stop : .proceed,
                reset: { () throws(CardError) in
                    try card.reset?()
                    tracer?.record(.reset, name: card.name, answerToReset: card.answerToReset)
                },
                willSend: { masks.secrets = $0 },
                report: { result in
                    let end = ContinuousClock.now
                    timed.append((result, end - start))
                    start = end
                    console.show(result)
                })
            return timed
        }
        if let junit {
            try ReportFile.write(ScriptJUnit(name: file, results: timed).xml, to: junit, option: "--junit")
        }
        let failed = timed.filter { !$0.result.ok }.count
        if failed > 0 {
            let answers = failed == 1 ? "one answer is" : "\(failed) answers are"
            throw Failure(.refused, "\(file): \(answers) not as expected. Compare them with the lines marked.")
        }
    }
}

extension ScriptTable {
    /// - Throws: `Failure` naming the file.
    fileprivate init(csv text: String, of file: String) throws {
        do throws(CSVError) {
            try self.init(csv: text)
        } catch {
            throw Failure(.file, "\(file), \(explained(error))")
        }
    }
}

extension Console {
    func show(_ result: ScriptResult) {
        var members: [(name: String, value: JSONValue)] = [
            ("line", .number(result.line)), ("ok", .truth(result.ok)),
        ]
        if let file = result.step.file { members.append(("file", .text(file))) }
        if let row = result.row { members.append(("row", .number(row))) }
        if let sent = result.sent { members.append(("command", .text(sent.hexadecimal()))) }
        let text: String
        switch result.outcome {
        case .reset: text = "reset"
        case .failure(let error):
            text = explained(error)
            members.append(("error", .error(error)))
        case .invalid(let error):
            text = explained(error)
            members.append(("error", .error(error)))
        case .response:
            text = result.answer?.hexadecimal(separator: " ") ?? ""
            members.append(("response", .text(result.answer?.hexadecimal() ?? "")))
        }
        if let expected = result.expected { members.append(("expected", .text("\(expected)"))) }
        if !result.differences.isEmpty {
            members.append(
                (
                    "differences",
                    .list(
                        result.differences.map {
                            [
                                "line": .number($0.line), "expected": .text($0.expected), "found": .text($0.found),
                            ]
                        })
                ))
        }
        let mark = result.ok ? Paint.green.on("ok") : Paint.red.on("WRONG")
        // A difference of the whole answer is shown next to it; the others have their own lines.
        let whole = result.expected.map { "\($0)" }
        let wish = result.differences.contains { $0.expected == whole } ? "  (expected \(whole ?? ""))" : ""
        let others = result.differences.filter { $0.expected != whole }.map {
            "  \($0.line): \($0.expected): \($0.found)"
        }
        let location =
            (result.step.file.map { "\($0) " } ?? "") + "\(result.line)" + (result.row.map { " row \($0)" } ?? "")
        output(.object(members), ["\(location): \(mark)  \(text)\(wish)"] + others)
    }
}
