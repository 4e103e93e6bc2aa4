import ISO7816

/// Tells comments from bytes that are parted by what also begins a comment.
enum CommentMark {
    /// Whether `#`, `;` or `//` is here.
    static func isMark(_ unit: UInt8, _ next: UInt8) -> Bool {
        unit == UInt8(ascii: "#") || unit == UInt8(ascii: ";") || unit == UInt8(ascii: "/") && next == unit
    }

    /// The offset up to which marks begin no comment, since bytes or another array follow that would be lost; nil where
    /// the mark begins one.
    ///
    /// A comment can be hexadecimal as well (`00A4000C ; 3F00`), but it has a blank before or behind its mark, unless
    /// only one byte is before it.
    ///
    /// - Parameters:
    ///   - before: the line up to the mark.
    ///   - rest: the line from the mark.
    static func endOfCode(after before: [UInt8], _ rest: ArraySlice<UInt8>) -> Int? {
        guard let mark = rest.first else { return nil }
        let after = rest.drop { $0 == mark }
        let last = before.last { !isBlank($0) }
        if last == UInt8(ascii: "}") || last == UInt8(ascii: "]") { return beginOfArray(after) }
        let isTight = before.last.map(isBlank) == false && after.first.map(isBlank) == false
        let bytes = before.drop(while: isBlank)
        let isOneByte = (1...4).contains(bytes.count) && endOfBytes(bytes, partedBy: mark) == bytes.endIndex
        guard isTight || isOneByte, last.map(isOfByte) == true else { return nil }
        return endOfBytes(after, partedBy: mark)
    }

    private static func isBlank(_ unit: UInt8) -> Bool { unit == 0x20 || unit == 0x09 }

    private static func isOfByte(_ unit: UInt8) -> Bool {
        unit.hexadecimalValue != nil || unit == UInt8(ascii: "\"") || unit == UInt8(ascii: "'")
    }

    /// The offset of an array's brace or bracket, possibly after the words of its declaration.
    private static func beginOfArray(_ code: ArraySlice<UInt8>) -> Int? {
        let rest = code.drop(while: isBlank)
        if isBrace(rest.first) { return rest.startIndex }
        guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let value = rest[equals...].dropFirst().drop(while: isBlank)
        return isBrace(value.first) ? value.startIndex : nil
    }

    private static func isBrace(_ unit: UInt8?) -> Bool { unit == UInt8(ascii: "{") || unit == UInt8(ascii: "[") }

    /// The offset at which bytes of two digits, or of `0x` and digits, end in a mark or with the line; nil where none
    /// are here.
    private static func endOfBytes(_ code: ArraySlice<UInt8>, partedBy mark: UInt8) -> Int? {
        var (end, digits, isPrefixed, hasBytes): (Int?, Int, Bool, Bool) = (nil, 0, false, false)
        for (index, unit) in zip(code.indices, code) {
            if unit.hexadecimalValue != nil {
                digits += 1
                hasBytes = true
                continue
            }
            if unit | 0x20 == UInt8(ascii: "x"), digits == 1, !isPrefixed {
                (digits, isPrefixed) = (0, true)
                continue
            }
            guard isPrefixed || digits.isMultiple(of: 2) else { return end }
            (digits, isPrefixed) = (0, false)
            if unit == mark {
                if hasBytes { end = index }
            } else if "#;/".utf8.contains(unit) {
                return hasBytes ? index : nil
            } else if !isBlank(unit), !",:\"'".utf8.contains(unit) {
                return end
            }
        }
        return hasBytes && (isPrefixed || digits.isMultiple(of: 2)) ? code.endIndex : end
    }
}
