/// Writes BER-TLV data objects into room that the caller has: no allocation, lengths in their shortest form.
///
///     let bytes = try [UInt8](capacity: 64) { (room: inout OutputSpan<UInt8>) throws(TLVError) in
///         try room.appendTLV(0x6F) { (room) throws(TLVError) in
///             try room.appendTLV(0x84, value: aid.span)
///         }
///     }
extension OutputSpan where Element == UInt8 {
    /// Writes a data object with the value given.
    ///
    /// For a constructed tag the value is data objects already written; they are not looked at.
    ///
    /// - Throws: `TLVError` with code `.noRoom`; nothing is written then.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func appendTLV(_ tag: TLVTag, value: Span<UInt8>) throws(TLVError) {
        try appendTLVHeader(tag, valueCount: value.count)
        appendBytes(value)
    }

    /// Writes a data object whose value is `value`, big-endian, in as many bytes as its type has.
    ///
    /// - Throws: `TLVError` with code `.noRoom`; nothing is written then.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func appendTLV(_ tag: TLVTag, integer value: some FixedWidthInteger & UnsignedInteger)
        throws(TLVError)
    {
        let count = value.bitWidth / 8
        try appendTLVHeader(tag, valueCount: count)
        for index in 0..<count { append(UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - index)))) }
    }

    /// Writes a constructed data object whose data objects `body` writes.
    ///
    /// - Throws: `TLVError` with code `.notConstructed` or `.noRoom`, or what `body` throws; nothing is written then.
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
            guard shift <= freeCapacity else { throw TLVError(.noRoom, offset: start) }
            if shift > 0 { makeRoom(shift, at: valueStart) }
            writeLength(valueCount, at: valueStart - 1)
        } catch {
            removeLast(count - start)
            throw error
        }
    }

    /// Moves everything from `index` on `shift` bytes further.
    @usableFromInline
    @_lifetime(self: copy self)
    mutating func makeRoom(_ shift: Int, at index: Int) {
        let end = count
        for _ in 0..<shift { append(0) }
        var place = end
        while place > index {
            place -= 1
            self[place + shift] = self[place]
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
        for place in 1...further {
            self[index + place] = UInt8(truncatingIfNeeded: length >> (8 * (further - place)))
        }
    }

    /// Writes tag and length, where the value after them fits too.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func appendTLVHeader(_ tag: TLVTag, valueCount: Int) throws(TLVError) {
        guard valueCount <= TLVLength.greatest else { throw TLVError(.valueTooLong, offset: count) }
        guard tag.encodedCount(valueCount: valueCount) <= freeCapacity else {
            throw TLVError(.noRoom, offset: count)
        }
        var place = tag.byteCount
        while place > 0 {
            place &-= 1
            append(UInt8(truncatingIfNeeded: tag.rawValue &>> (8 &* UInt32(place))))
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
