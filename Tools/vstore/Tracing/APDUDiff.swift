import ArgumentParser
import CardTrace

struct APDUDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare two traces, aligned by their commands.",
        discussion: """
            Traces of any form that apdu decode reads. Lines begin with - for what only the first has, + for what only \
            the second has, and ^^ marks bytes that differ. Masked bytes match anything. The exit status is 1 \
            where the traces differ.

              vstore apdu diff before.jsonl after.jsonl --ignore-challenges
            """)

    @Flag(name: .long, help: "Compare only header and status word of commands that carry random numbers.")
    var ignoreChallenges = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Compare only header and status word of this instruction; may be repeated.", valueName: "ins"),
        transform: TraceInput.instruction)
    var ignore: [UInt8] = []

    @Argument(help: ArgumentHelp("The first trace.", valueName: "first"), completion: .file())
    var first: String

    @Argument(help: ArgumentHelp("The second trace.", valueName: "second"), completion: .file())
    var second: String

    @OptionGroup var common: ProgramOptions

    mutating func run() throws {
        let ignoring = Set(ignore).union(ignoreChallenges ? TraceComparison.challenges : [])
        let console = common.console
        let comparison = TraceComparison(
            try TraceInput.records(first, console), try TraceInput.records(second, console), ignoring: ignoring)
        for difference in comparison.differences { console.show(difference) }
        let count = comparison.differences.count
        console.output(
            ["same": .number(comparison.same), "different": .number(count)],
            ["\(comparison.same) commands the same, \(count) different"])
        if count > 0 { throw ExitCode(ExitStatus.refused.rawValue) }
    }
}

extension Console {
    fileprivate func show(_ difference: TraceComparison.Difference) {
        switch difference {
        case .onlyFirst(let number, let event):
            let bytes = event.command.hexadecimal(separator: " ")
            output(
                ["only": "first", "number": .number(number), "command": .text(event.command.hexadecimal())],
                ["\(number): only in the first", Paint.red.on("- > \(bytes)")])
        case .onlySecond(let number, let event):
            let bytes = event.command.hexadecimal(separator: " ")
            output(
                ["only": "second", "number": .number(number), "command": .text(event.command.hexadecimal())],
                ["\(number): only in the second", Paint.green.on("+ > \(bytes)")])
        case .command(let first, let a, let second, let b):
            pair("command", first, second, ">", a.command, b.command, above: [])
        case .answer(let first, let a, let second, let b):
            let above = ["  > \(a.command.hexadecimal(separator: " "))"]
            switch (a.outcome, b.outcome) {
            case (.response(let before), .response(let after)):
                pair("answer", first, second, "<", before, after, above: above)
            default:
                let texts = [a, b].map { event in
                    switch event.outcome {
                    case .response(let bytes): "< \(bytes.hexadecimal(separator: " "))"
                    case .failure(let error): "! \(error)"
                    }
                }
                output(
                    [
                        "differs": "answer", "first": .number(first), "second": .number(second),
                        "before": .text(texts[0]), "after": .text(texts[1]),
                    ],
                    ["\(first), \(second): another answer"] + above
                        + [Paint.red.on("- \(texts[0])"), Paint.green.on("+ \(texts[1])")])
            }
        }
    }

    private func pair(
        _ what: String, _ first: Int, _ second: Int, _ mark: String, _ a: MaskedBytes, _ b: MaskedBytes, above: [String]
    ) {
        let rows = AlignedBytes(a, b)
        output(
            [
                "differs": .text(what), "first": .number(first), "second": .number(second),
                "before": .text(a.hexadecimal()), "after": .text(b.hexadecimal()),
            ],
            ["\(first), \(second): another \(what)"] + above
                + [
                    Paint.red.on("- \(mark) \(rows.first)"), Paint.green.on("+ \(mark) \(rows.second)"),
                    "    \(rows.marks)",
                ])
    }
}
