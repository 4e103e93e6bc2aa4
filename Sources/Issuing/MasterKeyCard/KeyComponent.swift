public import CardCrypto
public import ValueProtocol

/// One component of a master key: sixteen bytes, of which the key is the XOR, with their check value (protocol §8).
///
/// All components but one reveal nothing about the key.
public struct KeyComponent: Sendable, CustomStringConvertible {
    /// Sixteen bytes.
    public let secret: Secret
    /// The check value of the component itself, computed here.
    public let checkValue: KeyCheckValue

    /// - Throws: `CeremonyError` `.malformedComponent` for a length other than sixteen bytes.
    public init(_ secret: Secret, _ suite: CipherSuite) throws(CeremonyError) {
        guard secret.count == 16 else { throw CeremonyError(.malformedComponent, "\(secret.count) bytes, not 16") }
        self.secret = secret
        checkValue = suite.checkValue(of: secret)
    }

    /// Parses a typed component: 32 hexadecimal digits with any spaces and dashes between them, and the check value of
    /// its sheet. The input digits are wiped.
    ///
    /// - Throws: `CeremonyError` `.malformedComponent`, `.mistyped`.
    public init(
        digits: inout [UInt8], sheetCheckValue: KeyCheckValue, _ suite: CipherSuite
    ) throws(CeremonyError) {
        let typed = Secret(taking: &digits)
        guard let secret = Secret(hexadecimal: typed), secret.count == 16 else {
            throw CeremonyError(.malformedComponent, "the component, which is 32 hexadecimal digits")
        }
        try self.init(secret, suite)
        guard checkValue == sheetCheckValue else {
            throw CeremonyError(.mistyped, "check value \(checkValue), its sheet says \(sheetCheckValue)")
        }
    }

    /// A new random component.
    ///
    /// - Throws: `CryptoError` if the system has no randomness.
    public static func random(_ suite: CipherSuite) throws(CryptoError) -> KeyComponent {
        KeyComponent(sixteen: try SystemRandomness.key(), suite)
    }

    private init(sixteen secret: Secret, _ suite: CipherSuite) {
        self.secret = secret
        checkValue = suite.checkValue(of: secret)
    }

    /// Its 32 hexadecimal digits in groups of four, ASCII, for the custodian's sheet.
    public var sheetDigits: Secret {
        var text: [UInt8] = []
        text.reserveCapacity(40)
        unsafe secret.withBytes { bytes in
            for index in bytes.indices {
                if index > 0, index % 2 == 0 { text.append(0x20) }
                for nibble in unsafe [bytes[index] >> 4, bytes[index] & 0x0F] {
                    text.append(nibble < 10 ? 0x30 + nibble : 0x37 + nibble)
                }
            }
        }
        return Secret(taking: &text)
    }

    /// Only the check value.
    public var description: String { "•• (\(checkValue))" }
}
