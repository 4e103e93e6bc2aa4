import ISO7816

/// Key derivation of SCP03: counter mode over AES-CMAC (NIST SP 800-108; GlobalPlatform Amendment D 1.1.2, 4.1.5).
enum KeyDerivation {
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
    ///   - count: how many bytes, at most 32.
    static func derive(
        _ key: SecretBytes, _ constant: Constant, context: [UInt8], count: Int
    ) throws(GlobalPlatformError) -> [UInt8] {
        let label = [UInt8](repeating: 0, count: 11) + [constant.rawValue]
        let bits = count * 8
        var derived: [UInt8] = []
        derived.reserveCapacity(64)
        var counter: UInt8 = 1
        while derived.count < count {
            let head = label + [0x00, UInt8(bits >> 8), UInt8(truncatingIfNeeded: bits), counter]
            derived += try CardMAC.cmac(head + context, key)
            counter += 1
        }
        derived.removeLast(derived.count - count)
        return derived
    }
}
