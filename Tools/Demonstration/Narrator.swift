import Foundation

/// Tells the story: lines for people, or one JSON object per line for programs.
final class Narrator {
    private let isJSON: Bool
    private let write: (String) -> Void
    private var chapter = ""

    init(json: Bool, write: @escaping (String) -> Void) {
        isJSON = json
        self.write = write
    }

    /// Begins a chapter.
    func begin(_ title: String) {
        chapter = title
        if !isJSON { write("\n\(title)") }
    }

    /// One thing that happened.
    func report(_ text: String) {
        guard isJSON else {
            write("  " + text)
            return
        }
        write(line(["chapter": chapter, "text": text]))
    }

    /// A table, its first row the heading.
    func table(_ rows: [[String]]) {
        guard let head = rows.first else { return }
        if isJSON {
            for row in rows.dropFirst() {
                let cells = Dictionary(uniqueKeysWithValues: zip(head.map(Self.member), row))
                write(line(["chapter": chapter].merging(cells) { $1 }))
            }
            return
        }
        let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.indices.map { column in
                let pad = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + pad : pad + row[column]
            }
            write("  " + cells.joined(separator: "  "))
        }
    }

    /// A heading as the name of a member: `on card` is `onCard`.
    private static func member(_ heading: String) -> String {
        let words = heading.split(separator: " ")
        return words.prefix(1).joined() + words.dropFirst().map(\.capitalized).joined()
    }

    private func line(_ fields: [String: String]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(fields), as: UTF8.self)
        } catch {
            return "{}"
        }
    }
}
