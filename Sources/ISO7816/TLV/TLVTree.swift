extension TLV {
    /// Parses exactly one data object; padding (00) around it is skipped.
    ///
    /// - Throws: `TLVError`; `.missing` where there is none, `.trailingBytes` where more follows.
    public init(
        _ bytes: some Collection<UInt8>, nestingLimit: Int = TLVCursor.defaultNestingLimit
    ) throws(TLVError) {
        let slice = ArraySlice(bytes)
        var cursor = TLVCursor(slice.span, nestingLimit: nestingLimit)
        guard let element = try cursor.next() else { throw TLVError(.missing, offset: slice.count) }
        let first = try TLV.object(element, in: slice)
        let end = cursor.offset
        if (try cursor.next()) != nil { throw TLVError(.trailingBytes, offset: end) }
        self = first
    }

    /// Parses all data objects of `bytes`, on every level.
    ///
    /// Bytes 00 before, between and after data objects are skipped (ISO/IEC 7816-4, 5.2.2).
    ///
    /// - Parameters:
    ///   - bytes: any number of data objects, including none.
    ///   - nestingLimit: maximum number of levels.
    /// - Throws: `TLVError` at the first data object that is malformed or nested too deep.
    public static func parse(
        _ bytes: some Collection<UInt8>, nestingLimit: Int = TLVCursor.defaultNestingLimit
    ) throws(TLVError) -> [TLV] {
        let slice = ArraySlice(bytes)
        var cursor = TLVCursor(slice.span, nestingLimit: nestingLimit)
        return try objects(of: &cursor, in: slice)
    }

    private static func objects(of cursor: inout TLVCursor, in bytes: ArraySlice<UInt8>) throws(TLVError) -> [TLV] {
        var objects: [TLV] = []
        while let element = try cursor.next() { objects.append(try object(element, in: bytes)) }
        return objects
    }

    private static func object(
        _ element: borrowing TLVElement, in bytes: ArraySlice<UInt8>
    ) throws(TLVError) -> TLV {
        if element.tag.isConstructed {
            var inner = try element.children()
            return TLV(tag: element.tag, content: .constructed(try objects(of: &inner, in: bytes)))
        }
        let start = bytes.startIndex + element.valueOffset
        return TLV(tag: element.tag, content: .primitive(bytes[start..<start + element.value.count]))
    }

    /// The encoded data object, lengths in their shortest form.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encodedCount)
        append(to: &bytes)
        return bytes
    }

    /// Appends the encoded data object to `bytes`.
    public func append(to bytes: inout [UInt8]) {
        let valueCount = valueCount
        for index in (0..<tag.byteCount).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: tag.rawValue >> (8 * UInt32(index))))
        }
        let further = TLVLength.byteCount(of: valueCount) - 1
        if further > 0 { bytes.append(0x80 | UInt8(further)) }
        for index in (0..<max(further, 1)).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: valueCount >> (8 * index)))
        }
        switch content {
        case .primitive(let value): bytes.append(contentsOf: value)
        case .constructed(let children): for child in children { child.append(to: &bytes) }
        }
    }

    /// The first data object at `path`, which starts with this one's children; nil where there is none.
    public func first(_ path: TLVTag...) -> TLV? {
        var node = self
        for tag in path {
            guard let next = node[tag] else { return nil }
            node = next
        }
        return node
    }
}
