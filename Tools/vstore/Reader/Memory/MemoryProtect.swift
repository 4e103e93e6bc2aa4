import ArgumentParser
import ContactInterface

struct MemoryProtect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protect", abstract: "Protect some of the first 32 bytes irreversibly.",
        discussion: """
            The bytes must be given as the card holds them, so that nothing else is protected by mistake.

              vstore reader memory protect 0102 --at 0 --psc-file psc.txt
            """)

    @OptionGroup var card: MemoryOptions
    @OptionGroup var psc: PSCOptions

    @Option(
        name: .long, help: ArgumentHelp("The first address, 0 to 31.", valueName: "address"),
        transform: MemoryText.number)
    var at: Int

    @Argument(help: ArgumentHelp("The current bytes, in hexadecimal digits.", valueName: "bytes"))
    var data: String

    @Flag(name: .long, help: "Protect them without asking.")
    var yes = false

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        try card.requireCode()
        let count = try MemoryText.bytes(data).count
        guard at <= 31, count <= 32 - at else {
            throw ValidationError("The first 32 bytes can be protected: \(count) at address \(at) are beyond.")
        }
    }

    mutating func run() async throws {
        let (address, bytes, isLastTryAllowed) = (at, try MemoryText.bytes(data), psc.lastTry)
        let code = try psc.code()
        common.console.notice(
            "Addresses \(address) to \(address + bytes.count - 1): \(bytes.hexadecimal(separator: " "))")
        try Confirmation.ask("Protect these bytes? This is irreversible.", isGiven: yes)
        try await card.withCard(common) { card in
            guard let secured = card.secured else { return }
            try PSCOptions.present(code, to: secured, isLastTryAllowed: isLastTryAllowed)
            do throws(MemoryCardError) {
                try secured.protect(address, bytes, .protect)
            } catch {
                throw PlacedMemory.settled(error)
            }
        }
        common.console.output(
            ["at": .number(address), "protected": .number(bytes.count)],
            ["\(bytes.count) byte\(bytes.count == 1 ? "" : "s") protected irreversibly."])
    }
}
