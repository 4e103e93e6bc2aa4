import ISO7816

/// Blanks, strings, numbers and names.
extension JSONScanner {
    /// The first byte that is no blank; nil at the end.
    mutating func next() -> UInt8? {
        while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { index += 1 }
        return current
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func literal(_ word: StaticString) throws(Fault) {
        let isThere = word.withUTF8Buffer { unsafe bytes[index...].starts(with: $0) }
        guard isThere else { throw Fault() }
        index += word.utf8CodeUnitCount
    }

    /// The text of a string without escapes; with them, a text that no path has.
    mutating func string() throws(Fault) -> String {
        let start = index
        index += 1
        var hasEscapes = false
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw Fault() }
            index += 1
            guard byte == UInt8(ascii: "\\") else { continue }
            hasEscapes = true
            try escape()
        }
        guard current != nil else { throw Fault() }
        let content = bytes[(start + 1)..<index]
        guard let text = String(validating: content, as: UTF8.self) else {
            index = start
            throw Fault()
        }
        index += 1
        return hasEscapes ? "" : text
    }

    private mutating func escape() throws(Fault) {
        guard let byte = current else { throw Fault() }
        if byte == UInt8(ascii: "u") {
            index += 1
            for _ in 0..<4 {
                guard current?.hexadecimalValue != nil else { throw Fault() }
                index += 1
            }
        } else {
            guard #""\/bfnrt"#.utf8.contains(byte) else { throw Fault() }
            index += 1
        }
    }

    mutating func number() throws(Fault) {
        if current == UInt8(ascii: "-") { index += 1 }
        if current == UInt8(ascii: "0") { index += 1 } else { try digits() }
        if current == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        guard let byte = current, byte | 0x20 == UInt8(ascii: "e") else { return }
        index += 1
        if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
        try digits()
    }

    private mutating func digits() throws(Fault) {
        let start = index
        while let byte = current, (0x30...0x39).contains(byte) { index += 1 }
        guard index > start else { throw Fault() }
    }
}
