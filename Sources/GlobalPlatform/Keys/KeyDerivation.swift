public import CardCrypto

/// Key derivation: counter mode over AES-CMAC (NIST SP 800-108), and its form in SCP03 (GlobalPlatform Amendment D
/// 1.1.2, 4.1.5).
public enum KeyDerivation {
    /// What is derived.
    enum Constant: UInt8 {
        case cardCryptogram = 0x00
        case hostCryptogram = 0x01
        case cardChallenge = 0x02
        case encryption = 0x04
        case commandMAC = 0x06
        case answerMAC = 0x07
    }

    /// - Parameters:
    ///   - key: 16, 24 or 32 bytes.
    ///   - context: the challenges of host and card.
    ///   - count: length of the result in bytes, max. 32.
    static func derive(
        _ key: Secret, _ constant: Constant, context: [UInt8], count: Int
    ) throws(GlobalPlatformError) -> [UInt8] {
        let label = [UInt8](repeating: 0, count: 11) + [constant.rawValue]
        let bits = count * 8
        return try counterMode(
            key, before: label + [0x00, UInt8(bits >> 8), UInt8(truncatingIfNeeded: bits)], after: context, count: count
        )
    }

    /// Counter mode with a one-byte counter, starting at 1, between two parts of the fixed input.
    ///
    /// - Parameters:
    ///   - key: 16, 24 or 32 bytes.
    ///   - before: the input before the counter: label and length in SCP03, nothing in "KDF3".
    ///   - after: the input after it.
    ///   - count: length of the result in bytes, 1 to 4,080.
    /// - Throws: `GlobalPlatformError` with code `.noCryptography`, or `.outOfRange` for a wrong key or count.
    public static func counterMode(
        _ key: Secret, before: [UInt8], after: [UInt8], count: Int
    ) throws(GlobalPlatformError) -> [UInt8] {
        guard (1...4_080).contains(count) else { throw GlobalPlatformError(.outOfRange, "the length of a derived key") }
        var derived: [UInt8] = []
        // Reserves the capacity for all, so that growing leaves no copy of a key behind.
        derived.reserveCapacity(count + 16)
        var counter: UInt8 = 1
        while derived.count < count {
            derived += try primitive(AESCMAC.sign(before + [counter] + after, key))
            counter &+= 1
        }
        derived.removeLast(derived.count - count)
        return derived
    }
}
