/// Tag and length of one data object, and the offset of its value: the decoding shared by cursor and tree.
@usableFromInline
struct TLVHeader: Sendable {
    @usableFromInline let tag: TLVTag
    @usableFromInline let valueStart: Int
    @usableFromInline let valueCount: Int

    /// Where the next data object may begin.
    @inlinable
    var end: Int { valueStart &+ valueCount }

    /// Reads the header at `start`.
    ///
    /// Every index is compared with the count just before its byte is read, so that the optimizer can drop the span's
    /// check.
    ///
    /// - Precondition: `start` is not negative.
    /// - Parameter base: added to the offsets that errors name.
    /// - Throws: `TLVError` where no complete data object starts at `start`.
    @inlinable
    @inline(__always)
    init(in bytes: Span<UInt8>, at start: Int, base: Int) throws(TLVError) {
        let count = bytes.count
        var index = start
        guard index < count else { throw TLVError(.truncatedTag, offset: base + index) }
        var tag = unsafe UInt32(bytes[unchecked: index])
        index &+= 1
        if tag & 0x1F == 0x1F {
            var isFirst = true
            while true {
                guard index < count else { throw TLVError(.truncatedTag, offset: base + start) }
                guard index &- start < 4 else { throw TLVError(.tagTooLong, offset: base + start) }
                let byte = unsafe bytes[unchecked: index]
                index &+= 1
                if isFirst && byte == 0x80 { throw TLVError(.overlongTag, offset: base + start) }
                isFirst = false
                tag = tag &<< 8 | UInt32(byte)
                if byte & 0x80 == 0 { break }
            }
        }
        let lengthStart = index
        guard index < count else { throw TLVError(.truncatedLength, offset: base + index) }
        let first = unsafe bytes[unchecked: index]
        index &+= 1
        var length = Int(first)
        if first >= 0x80 {
            let further = length & 0x7F
            guard further != 0 else { throw TLVError(.indefiniteLength, offset: base + lengthStart) }
            guard further <= 4 else { throw TLVError(.lengthTooLong, offset: base + lengthStart) }
            guard count &- index >= further else { throw TLVError(.truncatedLength, offset: base + lengthStart) }
            length = 0
            for _ in 0..<further {
                length = unsafe length &<< 8 | Int(bytes[unchecked: index])
                index &+= 1
            }
            guard TLVLength.byteCount(of: length) == further &+ 1 else {
                throw TLVError(.overlongLength, offset: base + lengthStart)
            }
        }
        guard length <= count &- index else { throw TLVError(.truncatedValue, offset: base + lengthStart) }
        self.tag = TLVTag(known: tag)
        self.valueStart = index
        self.valueCount = length
    }
}
