import ISO7816

/// An array of bytes in source code, in braces or brackets, possibly over several lines and with arrays within:
/// `{ 0x00, 0xA4, 0x04, 0x00 }`, `[0, 164, 4, 0]`, `{0, -92, 4, 0}`, `{ (byte) 0xA0, 0x00 }`, `vec![0x00u8, 0xA4_u8]`,
/// `["00A40400", "00CA0100"]`.
struct SourceArray: Sendable {
    /// The line that it begins in.
    let line: Int
    /// Whether it cannot be read; nothing of it is used.
    private(set) var isOdd = false
    private var depth = 0
    /// The elements since the last brace, and the line of the first.
    private var elements: [[UInt8]] = []
    private var firstLine: Int
    private var element: [UInt8] = []
    private var isCast = false

    init(line: Int) {
        self.line = line
        firstLine = line
    }

    /// Reads a line, or what is left of it.
    ///
    /// - Parameter parts: gets the APDUs that end in it.
    /// - Returns: the offset after the array; nil where it goes on.
    mutating func parse(_ code: ArraySlice<UInt8>, line: Int, into parts: inout [HexadecimalText.Part]) -> Int? {
        for offset in code.indices {
            let unit = code[offset]
            if isCast {
                isCast = unit != UInt8(ascii: ")")
                continue
            }
            switch unit {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                endElement(line, &parts)
                end(into: &parts)
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                endElement(line, &parts)
                end(into: &parts)
                depth -= 1
                if depth <= 0 { return offset + 1 }
            case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "'"), 0x20, 0x09: endElement(line, &parts)
            case UInt8(ascii: "(") where element.isEmpty: isCast = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "\\"), UInt8(ascii: "_"):
                element.append(unit)
            case UInt8(ascii: "-") where element.isEmpty: element.append(unit)
            default: spoil(line, &parts)
            }
        }
        endElement(line, &parts)
        isCast = false
        return nil
    }

    private mutating func endElement(_ line: Int, _ parts: inout [HexadecimalText.Part]) {
        guard !element.isEmpty else { return }
        // What is not a number is seen at once, so that an array that never ends does not swallow a file.
        guard !isOdd, Self.isNumber(element) else {
            element = []
            return spoil(line, &parts)
        }
        if elements.isEmpty { firstLine = line }
        elements.append(element)
        element = []
    }

    private mutating func spoil(_ line: Int, _ parts: inout [HexadecimalText.Part]) {
        // No part of it is shown: it may be a key.
        if !isOdd { parts.append(.odd(found: "", line: line, isAPDU: true)) }
        isOdd = true
        elements = []
    }

    /// Ends the elements of a brace.
    private mutating func end(into parts: inout [HexadecimalText.Part]) {
        defer { elements = [] }
        guard !isOdd, !elements.isEmpty else { return }
        guard let units = Self.apdus(elements) else { return spoil(firstLine, &parts) }
        for unit in units { parts.append(.apdu(unit, nil, line: firstLine)) }
    }

    private static func isNumber(_ element: [UInt8]) -> Bool {
        let number = Number(element)
        return !number.digits.isEmpty && number.digits.allSatisfy { $0.hexadecimalValue != nil }
    }

    /// An element without `0x` and `\x`, a minus sign, and the suffix of a type.
    private struct Number {
        var digits: ArraySlice<UInt8>
        let isMarked: Bool
        let isNegative: Bool

        /// Of C, C# and Rust; longer ones first.
        private static let suffixes = ["_u8", "_i8", "u8", "i8", "ul", "u", "l"].map { Array($0.utf8) }

        init(_ element: [UInt8]) {
            isNegative = element.first == UInt8(ascii: "-")
            digits = isNegative ? element.dropFirst() : element[...]
            isMarked =
                digits.count > 2 && "0\\".utf8.contains(digits[digits.startIndex])
                && digits[digits.startIndex + 1] | 0x20 == UInt8(ascii: "x")
            if isMarked { digits = digits.dropFirst(2) }
            let lowercase = digits.suffix(3).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            guard let suffix = Self.suffixes.first(where: { lowercase.suffix($0.count) == $0[...] }) else { return }
            digits = digits.dropLast(suffix.count)
        }

        /// The number in a byte; nil where it is none.
        func byte(radix: Int) -> UInt8? {
            let text = String(decoding: digits, as: UTF8.self)
            guard isNegative else { return UInt8(text, radix: radix) }
            return Int8("-" + text, radix: radix).map { UInt8(bitPattern: $0) }
        }
    }

    /// One APDU of single bytes, or several of which each is an element; nil where it is neither.
    private static func apdus(_ elements: [[UInt8]]) -> [[UInt8]]? {
        let numbers = elements.map(Number.init)
        guard numbers.allSatisfy({ number in number.digits.allSatisfy { $0.hexadecimalValue != nil } }) else {
            return nil
        }
        if numbers.allSatisfy({ $0.digits.count >= 4 && $0.digits.count.isMultiple(of: 2) && !$0.isNegative }) {
            return numbers.compactMap { [UInt8](hexadecimal: String(decoding: $0.digits, as: UTF8.self)) }
        }
        // Without 0x, numbers of two digits are hexadecimal, unless others show that they are decimal.
        let isHexadecimal = numbers.allSatisfy { !$0.isMarked && !$0.isNegative && $0.digits.count == 2 }
        var bytes: [UInt8] = []
        for number in numbers {
            guard let byte = number.byte(radix: number.isMarked || isHexadecimal ? 16 : 10) else { return nil }
            bytes.append(byte)
        }
        return [bytes]
    }
}
