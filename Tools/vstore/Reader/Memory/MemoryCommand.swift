import ArgumentParser

struct MemoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "Read and write memory cards: SLE 4442 and 5542 with their code, and I²C cards (AT24Cxx).",
        discussion: """
            Over a reader that supports the memory card commands of ACS (ACR38, ACR39, ACR1281 and others); --emulated \
            tries it without one. A reader cannot detect which I²C card is in, so --kind has to be right: with a wrong \
            one, writing corrupts the card's data.

            Each command powers the card off first, so that each one that writes needs the code (PSC). A wrong \
            code uses one of three tries, the right one restores them; without a try left the card can never be \
            written again.
            """,
        subcommands: [
            MemoryInfo.self, MemoryRead.self, MemoryWrite.self, MemoryVerify.self, MemoryChange.self,
            MemoryProtect.self,
        ])
}
