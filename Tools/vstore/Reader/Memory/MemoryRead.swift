import ArgumentParser

struct MemoryRead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Show bytes of a memory card; no code is needed.",
        discussion: """
              vstore reader memory read --at 32 --count 16
            """)

    @OptionGroup var card: MemoryOptions

    @Option(
        name: .long, help: ArgumentHelp("The first address, decimal or with 0x.", valueName: "address"),
        transform: MemoryText.number)
    var at: Int = 0

    @Option(
        name: .long, help: ArgumentHelp("How many bytes; to the end by default.", valueName: "bytes"),
        transform: MemoryText.number)
    var count: Int?

    @OptionGroup var common: ProgramOptions

    private var length: Int { count ?? max(0, card.kind.capacity - at) }

    func validate() throws { try card.check(at, length) }

    mutating func run() async throws {
        let (address, length) = (at, length)
        let bytes = try await card.withCard(common) { try $0.read(address, count: length) }
        common.console.output(
            ["at": .number(address), "bytes": .text(bytes.hexadecimal())], MemoryText.dump(bytes, from: address))
    }
}

/// Addresses and bytes as people write and read them.
enum MemoryText {
    static func number(_ text: String) throws -> Int {
        let isHexadecimal = text.lowercased().hasPrefix("0x")
        guard let number = isHexadecimal ? Int(text.dropFirst(2), radix: 16) : Int(text), number >= 0 else {
            throw ValidationError("'\(text)' is not a number. Write digits, or 0x and hexadecimal digits.")
        }
        return number
    }

    static func bytes(_ text: String) throws -> [UInt8] {
        guard let bytes = [UInt8](hexadecimalDigits: text), !bytes.isEmpty else {
            throw ValidationError("'\(text)' are not bytes. Write two hexadecimal digits per byte.")
        }
        return bytes
    }

    /// Sixteen bytes per line after their address, with their printable characters.
    static func dump(_ bytes: [UInt8], from address: Int) -> [String] {
        stride(from: 0, to: bytes.count, by: 16).map { start in
            let line = Array(bytes[start..<min(start + 16, bytes.count)])
            let digits = String(address + start, radix: 16, uppercase: true)
            let address = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
            let hexadecimal = line.hexadecimal(separator: " ")
            let text = String(decoding: line.map { (0x20...0x7E).contains($0) ? $0 : 0x2E }, as: UTF8.self)
            return address + "  " + hexadecimal + String(repeating: " ", count: 49 - hexadecimal.count) + text
        }
    }
}
