/// Texts, flags and values that may be missing, in canonical encodings of what is stored.
///
/// A text is `length u32 ‖ UTF-8`. What may be missing is `00`, or `01` and the value.
extension [UInt8] {
    package mutating func append(text: String) {
        append(bigEndian: UInt32(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    package mutating func append(flag: Bool) { append(flag ? 1 : 0) }

    package mutating func append<Value>(optional value: Value?, _ body: (inout [UInt8], Value) -> Void) {
        append(flag: value != nil)
        if let value { body(&self, value) }
    }
}

extension ByteReader {
    /// 00 or 01; nil for any other byte.
    @_lifetime(self: copy self)
    package mutating func readFlag() -> Bool? {
        switch readByte() {
        case 0: false
        case 1: true
        default: nil
        }
    }

    /// A text preceded by its length; nil if it is not UTF-8 or incomplete.
    @_lifetime(self: copy self)
    package mutating func readText() -> String? {
        let bytes = readBytes(Int(read(UInt32.self)))
        return isGood ? String(validating: bytes, as: UTF8.self) : nil
    }
}
