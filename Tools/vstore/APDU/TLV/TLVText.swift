import ISO7816

/// Data objects for people and for programs.
enum TLVText {
    /// One line per data object, nested ones indented by two blanks; text next to bytes that are text.
    static func lines(
        _ objects: [TLV], indentation: Int = 0, within: TLVTag? = nil,
        name: (TLVTag, TLVTag?) -> String? = { _, _ in nil }
    ) -> [String] {
        objects.flatMap { object -> [String] in
            let label = name(object.tag, within).map { "  \(Paint.faint.on($0))" } ?? ""
            let head = String(repeating: " ", count: indentation) + Paint.bold.on("\(object.tag)")
            switch object.content {
            case .constructed(let children):
                return ["\(head)\(label)"]
                    + lines(children, indentation: indentation + 2, within: object.tag, name: name)
            case .primitive(let value):
                let bytes = Array(value)
                return [
                    "\(head)  \(bytes.hexadecimal(separator: " "))\(text(bytes).map { "  \"\($0)\"" } ?? "")\(label)"
                ]
            }
        }
    }

    /// Tag, and value or nested data objects.
    static func json(_ object: TLV) -> JSONValue {
        switch object.content {
        case .primitive(let value): ["tag": .text("\(object.tag)"), "value": .text(Array(value).hexadecimal())]
        case .constructed(let children):
            ["tag": .text("\(object.tag)"), "objects": .list(children.map(json))]
        }
    }

    /// Three or more bytes as ASCII text; nil where one of them is not printable.
    private static func text(_ bytes: [UInt8]) -> String? {
        guard bytes.count >= 3, bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
