import ISO7816

/// Bytes in a string of source code: `char select[] = "\x00\xA4\x04\x00"`, `bytes.fromhex("00A4040000")`.
enum StringLiteral {
    /// The bytes of the strings of a statement, one behind another; nil where it has no string, or one of anything else.
    ///
    /// Digits without `\x` are those of a command at least: names and numbers in quotes can be hexadecimal as well.
    static func bytes(in code: ArraySlice<UInt8>) -> [UInt8]? {
        guard let open = code.firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }),
            isBefore(code[..<open])
        else { return nil }
        let quote = code[open]
        var (bytes, isMarked): ([UInt8], Bool) = ([], false)
        var rest = code[open...]
        while rest.first == quote {
            guard let end = rest.dropFirst().firstIndex(of: quote) else { return nil }
            let text = rest[rest.startIndex + 1..<end]
            if text.first == UInt8(ascii: "\\") { isMarked = true }
            guard case .bytes(let more, _) = HexadecimalText.plain(Substring(decoding: text, as: UTF8.self)) else {
                return nil
            }
            bytes += more
            // C puts strings together that follow one another.
            rest = rest[(end + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        }
        guard rest.allSatisfy({ ") ]".utf8.contains($0) }) else { return nil }
        return bytes.count >= (isMarked ? 1 : 4) ? bytes : nil
    }

    /// Whether what is before a string is an assignment or a call, and Python's `b` or the like.
    private static func isBefore(_ code: ArraySlice<UInt8>) -> Bool {
        var rest = code
        while let last = rest.last, last == 0x20 || last == 0x09 || last | 0x20 == UInt8(ascii: "b") {
            rest = rest.dropLast()
        }
        return rest.last == UInt8(ascii: "=") || rest.last == UInt8(ascii: "(")
    }
}
