internal import CardCrypto
internal import ISO7816

/// A secured memory card without a guard: it does as told, irreversible or not. ``SecuredMemory`` wraps it, and nothing
/// public bypasses that.
protocol UnguardedMemory {
    /// Reads `count` bytes from `address` on.
    func readMain(_ address: Int, count: Int) throws(MemoryCardError) -> [UInt8]

    /// Whether each of the first 32 bytes is protected.
    func readProtection() throws(MemoryCardError) -> [Bool]

    /// The error counter: one bit set per remaining try, max. 3.
    func readErrorCounter() throws(MemoryCardError) -> UInt8

    /// Writes without checking whether the card accepted it.
    func writeMain(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError)

    /// Protects those bytes that equal `bytes`, irreversibly, without confirmation.
    func writeProtection(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError)

    /// Spends a try for `code` without confirmation, and returns the error counter afterwards: 7 where the code was
    /// right.
    func spendTry(_ code: Secret) throws(MemoryCardError) -> UInt8

    /// Writes a new code without confirmation.
    func writeCode(_ code: Secret) throws(MemoryCardError)
}
