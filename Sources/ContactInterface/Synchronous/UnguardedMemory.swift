internal import CardCrypto
internal import ISO7816

/// What a secured memory card does when it is told, irreversible or not. ``SecuredMemory`` stands before it, and nothing
/// that is public leads past.
protocol UnguardedMemory {
    /// Reads `count` bytes from `address` on.
    func readMain(_ address: Int, count: Int) throws(MemoryCardError) -> [UInt8]

    /// Whether each of the first 32 bytes is protected.
    func readProtection() throws(MemoryCardError) -> [Bool]

    /// The error counter: as many tries are left as it has bits set, 3 at most.
    func readErrorCounter() throws(MemoryCardError) -> UInt8

    /// Writes without looking whether the card takes it.
    func writeMain(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError)

    /// Protects those bytes that equal `bytes`, for good, without asking.
    func writeProtection(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError)

    /// Spends a try for `code` without asking, and gives the error counter afterwards: 7 where the code was right.
    func spendTry(_ code: Secret) throws(MemoryCardError) -> UInt8

    /// Writes a new code without asking.
    func writeCode(_ code: Secret) throws(MemoryCardError)
}
