/// The checksum of IEEE 802.3 (CRC-32 of ISO/IEC 13239), which finds torn and rotten records; it stops nobody from
/// forging them.
package enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    /// - Parameter previous: of what stands before, where the sum goes on.
    package static func of(_ bytes: ArraySlice<UInt8>, after previous: UInt32 = 0) -> UInt32 {
        ~bytes.reduce(~previous) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
}
