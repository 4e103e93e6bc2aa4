import ISO7816

/// Data objects for people and for programs.
enum TLVText {
    /// A line a data object, those within two blanks further in; text beside bytes that are text.
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

    /// Tag, and value or data objects within.
    static func json(_ object: TLV) -> JSONValue {
        switch object.content {
        case .primitive(let value): ["tag": .text("\(object.tag)"), "value": .text(Array(value).hexadecimal())]
        case .constructed(let children):
            ["tag": .text("\(object.tag)"), "objects": .list(children.map(json))]
        }
    }

    /// What three bytes and more say in ASCII; nil where one of them is no printable character.
    private static func text(_ bytes: [UInt8]) -> String? {
        guard bytes.count >= 3, bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
