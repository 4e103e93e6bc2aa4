extension OutputSpan where Element == UInt8 {
    /// Writes all of `bytes` at once.
    ///
    /// - Precondition: they fit.
    @inlinable
    @_lifetime(self: copy self)
    mutating func appendBytes(_ bytes: Span<UInt8>) {
        precondition(bytes.count <= freeCapacity, "the bytes do not fit the buffer")
        unsafe withUnsafeMutableBufferPointer { room, count in
            unsafe bytes.withUnsafeBufferPointer { source in
                _ = unsafe room.extracting(count...).initialize(fromContentsOf: source)
            }
            count += bytes.count
        }
    }
}
