/// Reads the data objects of rules in their order: tags of one byte, lengths as short as they can be.
struct RulesCursor {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    private init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isFinished: Bool { position == end }
    var count: Int { end - position }

    /// The value of the next object if it has this tag, otherwise nil.
    ///
    /// - Throws: `.malformed` if it has this tag and is cut off, or its length is longer than needed.
    mutating func next(_ tag: UInt8, _ field: SupplyRulesField) throws(SupplyRulesError) -> RulesCursor? {
        guard position < end, bytes[position] == tag else { return nil }
        var start = position + 1
        guard start < end else { throw SupplyRulesError(.malformed, field) }
        var length = Int(bytes[start])
        start += 1
        if length >= 0x80 {
            // Rules have at most 2,000 bytes, so no length needs more than two.
            let further = length - 0x80
            guard (1...2).contains(further), start + further <= end else { throw SupplyRulesError(.malformed, field) }
            length = bytes[start..<start + further].reduce(0) { $0 << 8 | Int($1) }
            start += further
            guard length >= (further == 1 ? 0x80 : 0x100) else { throw SupplyRulesError(.malformed, field) }
        }
        guard start + length <= end else { throw SupplyRulesError(.malformed, field) }
        position = start + length
        return RulesCursor(bytes, start..<position)
    }

    /// The value of the next object, which has this tag.
    mutating func expect(_ tag: UInt8, _ field: SupplyRulesField) throws(SupplyRulesError) -> RulesCursor {
        guard let value = try next(tag, field) else { throw SupplyRulesError(.missing, field) }
        return value
    }

    /// The number that is the value of the next object, if it has this tag.
    mutating func nextNumber<T: FixedWidthInteger>(
        _ tag: UInt8, _ field: SupplyRulesField, _: T.Type = T.self
    ) throws(SupplyRulesError) -> T? {
        guard var value = try next(tag, field) else { return nil }
        guard value.count == T.bitWidth / 8 else { throw SupplyRulesError(.wrongLength, field) }
        return value.read()
    }

    /// The number that is the value of the next object, which has this tag.
    mutating func expectNumber<T: FixedWidthInteger>(
        _ tag: UInt8, _ field: SupplyRulesField, _: T.Type = T.self
    ) throws(SupplyRulesError) -> T {
        guard let number: T = try nextNumber(tag, field) else { throw SupplyRulesError(.missing, field) }
        return number
    }

    /// A number at the beginning of the bytes left.
    ///
    /// - Precondition: `count` bytes are enough for it.
    mutating func read<T: FixedWidthInteger>(_: T.Type = T.self) -> T {
        let width = T.bitWidth / 8
        precondition(count >= width, "the count was checked before")
        let value = bytes[position..<position + width].reduce(0 as T) { $0 << 8 | T(truncatingIfNeeded: $1) }
        position += width
        return value
    }

    /// Refuses objects that are left.
    func finish(_ field: SupplyRulesField) throws(SupplyRulesError) {
        guard isFinished else { throw SupplyRulesError(.unexpected, field) }
    }
}

extension [UInt8] {
    /// Appends a data object with a tag of one byte.
    mutating func append(object tag: UInt8, _ value: [UInt8]) {
        append(tag)
        switch value.count {
        case ..<0x80: append(UInt8(value.count))
        case ..<0x100: append(contentsOf: [0x81, UInt8(value.count)])
        default:
            append(0x82)
            append(bigEndian: UInt16(value.count))
        }
        append(contentsOf: value)
    }

    /// Appends a data object whose value is a number.
    mutating func append(object tag: UInt8, _ value: some FixedWidthInteger) {
        append(contentsOf: [tag, UInt8(value.bitWidth / 8)])
        append(bigEndian: value)
    }
}
