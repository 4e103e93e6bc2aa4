/// CRC-32 (ISO/IEC 13239, the polynomial of Ethernet), bit by bit: journals are short.
enum Checksum {
    static func of(_ text: some StringProtocol, after previous: UInt32 = 0) -> UInt32 {
        var crc = ~previous
        for byte in text.utf8 {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}
