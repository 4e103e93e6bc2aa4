/// One data object within borrowed bytes: nothing is copied.
public struct TLVElement: ~Escapable {
    /// The tag.
    public let tag: TLVTag
    /// The value: bytes, or nested data objects in a constructed one.
    public let value: Span<UInt8>
    /// The tag's offset from the start of the outermost bytes.
    public let offset: Int
    @usableFromInline let valueOffset: Int
    @usableFromInline let levelsLeft: Int

    @inlinable
    @_lifetime(copy value)
    init(tag: TLVTag, value: Span<UInt8>, offset: Int, valueOffset: Int, levelsLeft: Int) {
        self.tag = tag
        self.value = value
        self.offset = offset
        self.valueOffset = valueOffset
        self.levelsLeft = levelsLeft
    }

    /// The nested data objects.
    ///
    /// - Throws: `TLVError` with code `.notConstructed` or `.nestedTooDeep`.
    @inlinable
    @_lifetime(copy self)
    public func children() throws(TLVError) -> TLVCursor {
        guard tag.isConstructed else { throw TLVError(.notConstructed, offset: offset) }
        guard levelsLeft > 0 else { throw TLVError(.nestedTooDeep, offset: offset) }
        return TLVCursor(value, base: valueOffset, levelsLeft: levelsLeft - 1)
    }

    /// The value as a number of 1 to 8 bytes, big-endian; nil for any other length.
    @inlinable
    public var unsignedInteger: UInt64? {
        guard (1...8).contains(value.count) else { return nil }
        var number: UInt64 = 0
        for index in value.indices { number = number &<< 8 | UInt64(value[index]) }
        return number
    }
}
