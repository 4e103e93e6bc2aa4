import ArgumentParser
import CardIO
import ISO7816

struct APDUScript: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "script", abstract: "Run a script of APDUs, and compare the answers with what it expects.",
        discussion: """
            One command a line in hexadecimal digits; # begins a comment; #= below a command says what is expected of \
            its answer (9000, 61xx, 6F * 9000); reset resets the card; exit ends. scriptor of pcsc-tools runs the \
            same files. The exit status is 1 where an answer is not as expected.
            """)

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: CardOptions

    @Flag(name: .long, help: "End at the first answer that is not as expected.")
    var stop = false

    @Argument(help: ArgumentHelp("The script, - for standard input.", valueName: "file"), completion: .file())
    var file: String

    mutating func run() async throws {
        let script = try Script(try TextFile.read(file))
        let (console, stop) = (common.console, stop)
        let place = try card.place(common)
        let failed = try await CardPlace.withCards([place]) { cards in
            let results = script.run(
                on: cards[0].raw, onMismatch: stop ? .stop : .goOn,
                reset: { () throws(CardError) in try cards[0].reset?() }, report: { console.show($0) })
            return results.filter { !$0.ok }.count
        }
        if failed > 0 {
            let answers = failed == 1 ? "one answer is" : "\(failed) answers are"
            throw Failure(.refused, "\(file): \(answers) not as expected. Compare them with the lines marked.")
        }
    }
}

extension Console {
    func show(_ result: ScriptResult) {
        var members: [(name: String, value: JSONValue)] = [
            ("line", .number(result.line)), ("ok", .truth(result.ok)),
        ]
        let text: String
        switch result.outcome {
        case .reset: text = "reset"
        case .failure(let error):
            text = "\(error)"
            members.append(("error", .text(text)))
        case .response(let response):
            text = response.bytes.hexadecimal(separator: " ")
            members.append(("response", .text(response.bytes.hexadecimal())))
        }
        if let expected = result.expected { members.append(("expected", .text("\(expected)"))) }
        let mark = result.ok ? Paint.green.on("ok") : Paint.red.on("WRONG")
        let wish = result.ok ? "" : result.expected.map { "  (expected \($0))" } ?? ""
        give(.object(members), ["\(result.line): \(mark)  \(text)\(wish)"])
    }
}
