internal import CardCrypto

/// Runs a primitive of `CardCrypto`; its failure is reported as this module's error.
func primitive<Result>(_ body: @autoclosure () throws(CryptoError) -> Result) throws(GlobalPlatformError) -> Result {
    do throws(CryptoError) {
        return try body()
    } catch {
        throw GlobalPlatformError(error.code == .invalidLength ? .outOfRange : .noCryptography, error.subject)
    }
}
