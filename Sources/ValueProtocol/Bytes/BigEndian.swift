extension [UInt8] {
    /// Appends `value`, most significant byte first.
    @inlinable
    package mutating func append<T: FixedWidthInteger>(bigEndian value: T) {
        var shift = T.bitWidth
        while shift > 0 {
            shift -= 8
            append(UInt8(truncatingIfNeeded: value >> T(shift)))
        }
    }
}
