/// Reads big-endian fields one after another; a read beyond the end marks the reader as failed.
///
/// Failure is checked once, at the end, so that a parser reads like the layout it parses: every read returns a value,
/// and `isFinished` says whether all fields were present and no bytes are left.
public struct ByteReader: ~Escapable {
    // Inlined into callers in other modules: whole images are read field by field each time a card starts.
    @usableFromInline package let bytes: Span<UInt8>
    @usableFromInline package var position = 0
    @usableFromInline package var failed = false

    @_lifetime(copy bytes)
    @inlinable
    package init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    /// How many bytes have not been read yet.
    @inlinable
    package var remaining: Int { bytes.count - position }

    /// Reads an integer, most significant byte first; 0 beyond the end.
    @_lifetime(self: copy self)
    @inlinable
    package mutating func read<T: FixedWidthInteger & UnsignedInteger>(_: T.Type = T.self) -> T {
        let width = MemoryLayout<T>.size
        guard !failed, remaining >= width else {
            failed = true
            return 0
        }
        var value: T = 0
        let read = bytes.extracting(position..<(position + width))
        unsafe read.withUnsafeBytes { source in
            unsafe Swift.withUnsafeMutableBytes(of: &value) { unsafe $0.copyMemory(from: source) }
        }
        position += width
        return T(bigEndian: value)
    }

    /// Reads one byte; 0 beyond the end.
    @_lifetime(self: copy self)
    @inlinable
    package mutating func readByte() -> UInt8 {
        guard !failed, remaining >= 1 else {
            failed = true
            return 0
        }
        position += 1
        return bytes[position - 1]
    }

    /// Reads `count` bytes; none beyond the end.
    @_lifetime(self: copy self)
    package mutating func readBytes(_ count: Int) -> [UInt8] {
        guard !failed, count >= 0, remaining >= count else {
            failed = true
            return []
        }
        let read = bytes.extracting(position..<(position + count))
        position += count
        return unsafe read.withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// Whether every read was within the bytes.
    package var isGood: Bool { !failed }
    /// Whether every read was within the bytes and none are left.
    package var isFinished: Bool { !failed && remaining == 0 }
}
