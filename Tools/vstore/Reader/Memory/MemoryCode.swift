import ArgumentParser
import CardCrypto
import ContactInterface
import ISO7816

struct MemoryVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-psc", abstract: "Try the code of a memory card: a wrong one uses a try.",
        discussion: """
              vstore reader memory verify-psc --psc-file psc.txt
            """)

    @OptionGroup var card: MemoryOptions
    @OptionGroup var psc: PSCOptions

    @OptionGroup var common: ProgramOptions

    func validate() throws { try card.requireCode() }

    mutating func run() async throws {
        let (code, isLastTryAllowed) = (try psc.code(), psc.lastTry)
        let tries = try await card.withCard(common) { card in
            guard let secured = card.secured else { return 0 }
            try PSCOptions.present(code, to: secured, isLastTryAllowed: isLastTryAllowed)
            return try secured.triesLeft()
        }
        common.console.output(
            ["verified": true, "triesLeft": .number(tries)], ["The code is right; \(tries) tries are left."])
    }
}

struct MemoryChange: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change-psc", abstract: "Change the code of a memory card.",
        discussion: """
            The card stores the three bytes of the new code one after the other: if it is pulled out meanwhile, it can \
            have a code that nobody knows. With --psc-file - the new code is on the line after the old one, unless \
            --new-psc-file is given.

              vstore reader memory change-psc --psc-file psc.txt --new-psc-file new.txt
            """)

    @OptionGroup var card: MemoryOptions
    @OptionGroup var psc: PSCOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Read the new code from a file.", discussion: "It is asked for twice by default.",
            valueName: "file"), completion: .file())
    var newPscFile: String?

    @Flag(name: .long, help: "Change it without asking.")
    var yes = false

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        try card.requireCode()
        if newPscFile == "-", psc.pscFile == "-" {
            throw ValidationError("With --psc-file - the new code is on the next line: leave out --new-psc-file.")
        }
    }

    mutating func run() async throws {
        let first = SecretReader(psc.source)
        let old = try PSCText.code(first, "code (PSC)")
        let new = try newCode(behind: first)
        try Confirmation.ask(
            "Change the card's code? Without the new one it can never be written again.", isGiven: yes)
        let isLastTryAllowed = psc.lastTry
        try await card.withCard(common) { card in
            guard let secured = card.secured else { return }
            try PSCOptions.present(old, to: secured, isLastTryAllowed: isLastTryAllowed)
            do throws(MemoryCardError) {
                try secured.changeCode(to: new)
            } catch {
                throw PlacedMemory.settled(error)
            }
        }
        common.console.output(["changed": true], ["The code is changed."])
    }

    private func newCode(behind first: SecretReader) throws -> Secret {
        let source = SecretReader(SecretSource(newPscFile, option: "--new-psc-file"))
        if newPscFile != nil { return try PSCText.code(source, "new code") }
        if psc.pscFile == "-" { return try PSCText.code(first, "new code") }
        let new = try PSCText.code(source, "new code")
        guard new.matches(try PSCText.code(source, "new code, once more")) else {
            throw Failure(.refused, "new code: the two are not the same. Type it again.")
        }
        return new
    }
}
