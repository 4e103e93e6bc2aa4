import ArgumentParser
import ContactInterface

struct MemoryInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show what a memory card is, the tries left, and which bytes are protected.",
        discussion: """
              vstore reader memory info
            """)

    @OptionGroup var card: MemoryOptions

    @OptionGroup var common: ProgramOptions

    private struct Face: Sendable {
        let answerToReset: [UInt8]
        let first: [UInt8]
        let tries: Int?
        let protected: [Int]?
    }

    mutating func run() async throws {
        let face = try await card.withCard(common) { card in
            let protection = try card.secured?.readProtection()
            return Face(
                answerToReset: card.answerToReset, first: try card.read(0, count: 16),
                tries: try card.secured?.triesLeft(), protected: protection?.indices.filter { protection?[$0] == true })
        }
        let kind = card.kind
        var table = TextTable(["what", "value"])
        table.add(["kind", "\(kind.name), \(kind.capacity) bytes"])
        table.add(["answer to reset", face.answerToReset.hexadecimal(separator: " ")])
        table.add(["first bytes", face.first.hexadecimal(separator: " ")])
        if let tries = face.tries {
            table.add(["tries of the code left", tries == 0 ? "0: locked irreversibly" : "\(tries)"])
        }
        if let protected = face.protected {
            table.add([
                "protected irreversibly",
                protected.isEmpty ? "none of the first 32 bytes" : Self.ranges(protected).joined(separator: ", "),
            ])
        }
        common.console.output(
            [
                "kind": .text(kind.name), "capacity": .number(kind.capacity),
                "answerToReset": .text(face.answerToReset.hexadecimal()), "first": .text(face.first.hexadecimal()),
                "triesLeft": face.tries.map { .number($0) } ?? .null,
                "protected": face.protected.map { .list($0.map { .number($0) }) } ?? .null,
            ], table.lines)
    }

    /// `0 to 3, 7` of ascending addresses.
    private static func ranges(_ addresses: [Int]) -> [String] {
        var ranges: [ClosedRange<Int>] = []
        for address in addresses {
            if let last = ranges.last, last.upperBound + 1 == address {
                ranges[ranges.count - 1] = last.lowerBound...address
            } else {
                ranges.append(address...address)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)" }
    }
}
