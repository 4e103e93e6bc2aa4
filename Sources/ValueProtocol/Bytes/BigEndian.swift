extension [UInt8] {
    /// Appends `value`, most significant byte first.
    @inlinable
    package mutating func append<T: FixedWidthInteger>(bigEndian value: T) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
    }
}

extension OutputSpan<UInt8> {
    /// Appends `value`, most significant byte first.
    ///
    /// - Precondition: the capacity is sufficient.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func append<T: FixedWidthInteger & UnsignedInteger>(bigEndian value: T) {
        precondition(freeCapacity >= MemoryLayout<T>.size, "the number does not fit the buffer")
        // All bytes at once: records are written integer by integer.
        unsafe withUnsafeMutableBufferPointer { room, count in
            unsafe UnsafeMutableRawBufferPointer(room).storeBytes(of: value.bigEndian, toByteOffset: count, as: T.self)
            count += MemoryLayout<T>.size
        }
    }
}
