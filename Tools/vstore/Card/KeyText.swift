import CardCrypto
import ValueProtocol

/// Keys as people write them.
enum KeyText {
    /// Accepts 32 hexadecimal digits, with any blanks between them.
    static func key(_ text: Secret, of name: String) throws -> Secret {
        var nibbles: [UInt8] = []
        nibbles.reserveCapacity(64)
        var isGood = true
        text.withBytes { bytes in
            for byte in bytes where byte != 0x20 && byte != 0x2D {
                switch byte {
                case 0x30...0x39: nibbles.append(byte - 0x30)
                case 0x41...0x46: nibbles.append(byte - 0x37)
                case 0x61...0x66: nibbles.append(byte - 0x57)
                default: isGood = false
                }
            }
        }
        defer { _ = Secret(taking: &nibbles) }
        guard isGood, nibbles.count == 32 else {
            throw Failure(.file, "\(name): is not a key. Write 32 hexadecimal digits on one line.")
        }
        var bytes = (0..<16).map { nibbles[2 * $0] << 4 | nibbles[2 * $0 + 1] }
        return Secret(taking: &bytes)
    }
}
