internal import CardCrypto

/// The form of hexadecimal digits that a custodian typed, checked before the next question.
enum TypedDigits {
    /// Counts them, blanks and dashes between them left out; what they are stays secret.
    ///
    /// - Throws: `CeremonyError` of `code`, with how many digits there are and how many are missing.
    static func check(
        _ typed: Secret, count: Int, of subject: String, _ code: CeremonyError.Code
    ) throws(CeremonyError) {
        let (digits, others) = unsafe typed.withBytes { bytes in
            let characters = unsafe bytes.filter { $0 != 0x20 && $0 != 0x2D }
            let digits = characters.count { Character(Unicode.Scalar($0)).isHexDigit }
            return (digits, characters.count - digits)
        }
        if others > 0 {
            throw CeremonyError(code, "\(subject), \(others) of \(digits + others) characters not hexadecimal digits")
        }
        if digits < count { throw CeremonyError(code, "\(subject), \(digits) digits there, \(count - digits) missing") }
        if digits > count {
            throw CeremonyError(code, "\(subject), \(digits) digits there, \(digits - count) too many")
        }
    }
}
