/// A source of fresh random numbers; injected, so that tests can replay sessions.
public protocol RandomSource: AnyObject {
    /// Sixteen fresh bytes.
    ///
    /// - Throws: `CryptoError` `.noRandomness`.
    func block() throws(CryptoError) -> AESBlock
}
