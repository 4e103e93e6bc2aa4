import ISO7816

/// JSON written directly into bytes (RFC 8259), members in the order of writing.
///
/// A comma is inserted except before the first element of an object or array and before a member's value.
extension [UInt8] {
    mutating func openJSONObject() {
        separateJSON()
        append(UInt8(ascii: "{"))
    }

    mutating func closeJSONObject() { append(UInt8(ascii: "}")) }

    mutating func openJSONArray() {
        separateJSON()
        append(UInt8(ascii: "["))
    }

    mutating func closeJSONArray() { append(UInt8(ascii: "]")) }

    /// A member's name, which must not need escaping.
    mutating func appendJSON(member: StaticString) {
        separateJSON()
        append(UInt8(ascii: "\""))
        append(contentsOf: member.description.utf8)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ":"))
    }

    mutating func appendJSON(_ text: String) {
        separateJSON()
        append(UInt8(ascii: "\""))
        appendEscaped(text)
        append(UInt8(ascii: "\""))
    }

    mutating func appendJSON(_ number: UInt64) {
        separateJSON()
        appendDecimal(number)
    }

    /// A number of thousandths, with as many decimals as needed: `52.125`.
    mutating func appendJSON(thousandths number: UInt64) {
        separateJSON()
        appendDecimal(number / 1000)
        guard number % 1000 != 0 else { return }
        append(UInt8(ascii: "."))
        appendDecimal(number % 1000, digits: 3)
        while last == UInt8(ascii: "0") { removeLast() }
    }

    /// Bytes as a hexadecimal string.
    mutating func appendJSON(hexadecimal bytes: some Collection<UInt8>) {
        separateJSON()
        append(UInt8(ascii: "\""))
        appendHexadecimal(bytes)
        append(UInt8(ascii: "\""))
    }

    /// Bytes as a hexadecimal string, `••` where masked.
    mutating func appendJSON(hexadecimal bytes: MaskedBytes, _ range: Range<Int>) {
        guard bytes.hasMasked(in: range) else { return appendJSON(hexadecimal: bytes.bytes[range]) }
        appendJSON(bytes.hexadecimal(range))
    }

    // MARK: Digits

    /// A decimal number, padded with leading zeros to `digits`.
    mutating func appendDecimal(_ number: UInt64, digits: Int = 1) {
        let start = count
        var rest = number
        repeat {
            append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0 || count - start < digits
        self[start...].reverse()
    }

    mutating func appendHexadecimal(_ bytes: some Collection<UInt8>) {
        for byte in bytes {
            append(byte.highDigit)
            append(byte.lowDigit)
        }
    }

    private mutating func separateJSON() {
        switch last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"), UInt8(ascii: "\n"): return
        default: append(UInt8(ascii: ","))
        }
    }

    private mutating func appendEscaped(_ text: String) {
        let units = text.utf8
        guard units.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            return append(contentsOf: units)
        }
        for unit in units {
            switch unit {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(contentsOf: [UInt8(ascii: "\\"), unit])
            case 0..<0x20:
                append(contentsOf: "\\u00".utf8)
                appendHexadecimal(CollectionOfOne(unit))
            default: append(unit)
            }
        }
    }
}
