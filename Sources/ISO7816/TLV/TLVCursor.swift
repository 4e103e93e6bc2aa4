/// Iterates over consecutive data objects, without a copy and without an allocation.
///
/// Bytes 00 before, between and after data objects have no meaning and are skipped (ISO/IEC 7816-4, 5.2.2). Constructed
/// values are not parsed until ``TLVElement/children()`` is called: each level is checked as it is read.
///
///     var cursor = TLVCursor(response.span)
///     while let element = try cursor.next() { … element.tag, element.value … }
public struct TLVCursor: ~Escapable {
    /// Default nesting limit.
    @inlinable
    public static var defaultNestingLimit: Int { 16 }

    @usableFromInline let bytes: Span<UInt8>
    @usableFromInline let base: Int
    @usableFromInline let levelsLeft: Int
    @usableFromInline var index: Int

    /// Starts at the first of `bytes`.
    ///
    /// - Parameters:
    ///   - bytes: any number of data objects, including none.
    ///   - nestingLimit: how many levels may be entered, including this one; at least 1.
    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>, nestingLimit: Int = TLVCursor.defaultNestingLimit) {
        self.init(bytes, base: 0, levelsLeft: nestingLimit - 1)
    }

    @inlinable
    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, base: Int, levelsLeft: Int) {
        self.bytes = bytes
        self.base = base
        self.levelsLeft = levelsLeft
        self.index = 0
    }

    /// The cursor's offset from the start of the outermost bytes.
    @inlinable
    public var offset: Int { base + index }

    /// The next data object, or nil after the last.
    ///
    /// - Throws: `TLVError` where the next data object is malformed; the cursor then does not move.
    @inlinable
    @inline(__always)
    @_lifetime(copy self)
    public mutating func next() throws(TLVError) -> TLVElement? {
        while index < bytes.count, bytes[index] == 0 { index &+= 1 }
        guard index < bytes.count else { return nil }
        let header = try TLVHeader(in: bytes, at: index, base: base)
        // The header has been checked to end within the bytes.
        let element = TLVElement(
            tag: header.tag, value: unsafe bytes.extracting(unchecked: header.valueStart..<header.end),
            offset: base + index,
            valueOffset: base + header.valueStart, levelsLeft: levelsLeft)
        index = header.end
        return element
    }

    /// The next data object with `tag`; those before it are skipped. nil where none follows.
    ///
    /// - Throws: `TLVError` as ``next()`` does.
    @inlinable
    @_lifetime(copy self)
    public mutating func next(_ tag: TLVTag) throws(TLVError) -> TLVElement? {
        while let element = try next() {
            if element.tag == tag { return element }
        }
        return nil
    }

    /// Reads to the end, including constructed values.
    ///
    /// - Returns: how many data objects there are on all levels.
    /// - Throws: `TLVError` at the first that is malformed, or nested too deep.
    @_lifetime(self: copy self)
    public mutating func validate() throws(TLVError) -> Int {
        var count = 0
        while let element = try next() {
            count += 1
            if element.tag.isConstructed {
                var children = try element.children()
                count += try children.validate()
            }
        }
        return count
    }
}
