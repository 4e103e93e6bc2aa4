/// Writes BER-TLV data objects into the caller's buffer: no allocation, lengths in their shortest form.
///
///     let bytes = try [UInt8](capacity: 64) { (room: inout OutputSpan<UInt8>) throws(TLVError) in
///         try room.appendTLV(0x6F) { (room) throws(TLVError) in
///             try room.appendTLV(0x84, value: aid.span)
///         }
///     }
extension OutputSpan where Element == UInt8 {
    /// Writes a data object with the given value.
    ///
    /// For a constructed tag the value is encoded data objects, which are not checked.
    ///
    /// - Throws: `TLVError` with code `.bufferTooSmall`; nothing is written then.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func appendTLV(_ tag: TLVTag, value: Span<UInt8>) throws(TLVError) {
        try appendTLVHeader(tag, valueCount: value.count)
        appendBytes(value)
    }

    /// Writes a data object whose value is `value`, big-endian, in as many bytes as its type has.
    ///
    /// - Throws: `TLVError` with code `.bufferTooSmall`; nothing is written then.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func appendTLV(_ tag: TLVTag, integer value: some FixedWidthInteger & UnsignedInteger)
        throws(TLVError)
    {
        let count = value.bitWidth / 8
        try appendTLVHeader(tag, valueCount: count)
        for index in 0..<count { append(UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - index)))) }
    }

    /// Writes a constructed data object whose content `body` writes.
    ///
    /// - Throws: `TLVError` with code `.notConstructed` or `.bufferTooSmall`, or what `body` throws; nothing is written then.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func appendTLV(
        _ tag: TLVTag, _ body: (inout OutputSpan<UInt8>) throws(TLVError) -> Void
    ) throws(TLVError) {
        let start = count
        guard tag.isConstructed else { throw TLVError(.notConstructed, offset: start) }
        try appendTLVHeader(tag, valueCount: 0)
        let valueStart = count
        do throws(TLVError) {
            try body(&self)
            let valueCount = count - valueStart
            let shift = TLVLength.byteCount(of: valueCount) - 1
            guard shift <= freeCapacity else { throw TLVError(.bufferTooSmall, offset: start) }
            if shift > 0 { shiftTail(shift, at: valueStart) }
            writeLength(valueCount, at: valueStart - 1)
        } catch {
            removeLast(count - start)
            throw error
        }
    }

    /// Moves everything from `index` on by `shift` bytes.
    @usableFromInline
    @_lifetime(self: copy self)
    mutating func shiftTail(_ shift: Int, at index: Int) {
        let end = count
        for _ in 0..<shift { append(0) }
        var position = end
        while position > index {
            position -= 1
            self[position + shift] = self[position]
        }
    }

    @usableFromInline
    @_lifetime(self: copy self)
    mutating func writeLength(_ length: Int, at index: Int) {
        let further = TLVLength.byteCount(of: length) - 1
        guard further > 0 else {
            self[index] = UInt8(length)
            return
        }
        self[index] = 0x80 | UInt8(further)
        for position in 1...further {
            self[index + position] = UInt8(truncatingIfNeeded: length >> (8 * (further - position)))
        }
    }

    /// Writes tag and length, if the value after them fits too.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func appendTLVHeader(_ tag: TLVTag, valueCount: Int) throws(TLVError) {
        guard valueCount <= TLVLength.greatest else { throw TLVError(.valueTooLong, offset: count) }
        guard tag.encodedCount(valueCount: valueCount) <= freeCapacity else {
            throw TLVError(.bufferTooSmall, offset: count)
        }
        var position = tag.byteCount
        while position > 0 {
            position &-= 1
            append(UInt8(truncatingIfNeeded: tag.rawValue &>> (8 &* UInt32(position))))
        }
        let further = TLVLength.byteCount(of: valueCount) &- 1
        guard further > 0 else {
            append(UInt8(truncatingIfNeeded: valueCount))
            return
        }
        append(0x80 | UInt8(truncatingIfNeeded: further))
        for index in 0..<further { append(UInt8(truncatingIfNeeded: valueCount &>> (8 &* (further &- 1 &- index)))) }
    }
}
