import CardCrypto

extension CryptoError: RemedyProviding {
    var remedy: String {
        switch code {
        case .unavailable: "Install OpenSSL 3.0 or later with its default provider."
        case .noRandomness: "Wait until the system's generator is seeded."
        case .invalidLength: "Check the length of the key."
        case .notAuthentic: "The passphrase is wrong or the file was altered. Try again."
        }
    }
}
