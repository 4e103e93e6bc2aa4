import ArgumentParser

struct MemoryWrite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write", abstract: "Write bytes to a memory card, and read them back.",
        discussion: """
            An SLE 4442 needs its code:

              vstore reader memory write --at 64 'CA FE' --psc-file psc
            """)

    @OptionGroup var card: MemoryOptions
    @OptionGroup var psc: PSCOptions

    @Option(
        name: .long, help: ArgumentHelp("The first address, decimal or with 0x.", valueName: "address"),
        transform: MemoryText.number)
    var at: Int

    @Argument(help: ArgumentHelp("The bytes, in hexadecimal digits.", valueName: "bytes"))
    var data: String

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        try card.check(at, try MemoryText.bytes(data).count)
        if !card.hasCode, psc.pscFile != nil || psc.lastTry {
            throw ValidationError("\(card.kind.name) has no code: leave out --psc-file and --last-try.")
        }
    }

    mutating func run() async throws {
        let (address, bytes, isLastTryAllowed) = (at, try MemoryText.bytes(data), psc.lastTry)
        let code = try card.hasCode ? psc.code() : nil
        try await card.withCard(common) { card in
            if let secured = card.secured, let code {
                try PSCOptions.present(code, to: secured, isLastTryAllowed: isLastTryAllowed)
            }
            try card.update(address, bytes)
        }
        common.console.output(
            ["at": .number(address), "written": .number(bytes.count)],
            ["\(bytes.count) byte\(bytes.count == 1 ? "" : "s") written at \(address), and read back."])
    }
}
