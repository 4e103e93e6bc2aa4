/// The checksum of IEEE 802.3 (CRC-32 of ISO/IEC 13239): it detects torn and corrupted records, not forged ones.
package enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    /// - Parameter previous: the checksum so far, to continue it.
    package static func of(_ bytes: ArraySlice<UInt8>, after previous: UInt32 = 0) -> UInt32 {
        ~bytes.reduce(~previous) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
}
