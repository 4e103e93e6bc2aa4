/// A source of fresh random numbers; handed in, so that sessions can be replayed in tests.
public protocol RandomSource: AnyObject {
    /// Sixteen fresh bytes.
    ///
    /// - Throws: `CryptoError` `.noRandomness`.
    func block() throws(CryptoError) -> AESBlock
}
