public import CardCrypto

/// A custodian's PIN, 4 to 12 digits (protocol §8). Its description is `••`.
public struct PIN: Sendable, CustomStringConvertible {
    let digits: Secret

    /// Parses ASCII digits.
    ///
    /// - Throws: `MasterKeyError` `.malformedPIN`, before a card receives it and counts a try.
    public init(_ digits: Secret) throws(MasterKeyError) {
        let areDigits = unsafe digits.withBytes { unsafe $0.allSatisfy { (0x30...0x39).contains($0) } }
        guard areDigits, (4...12).contains(digits.count) else { throw MasterKeyError(.malformedPIN, "the PIN") }
        self.digits = digits
    }

    /// Parses ASCII digits and wipes the input, valid or not.
    ///
    /// - Throws: `MasterKeyError` `.malformedPIN`.
    public init(taking bytes: inout [UInt8]) throws(MasterKeyError) { try self.init(Secret(taking: &bytes)) }

    public var description: String { "••" }

    func append(to bytes: inout [UInt8]) { unsafe digits.withBytes { unsafe bytes.append(contentsOf: $0) } }
}
