public import ISO7816

/// A memory card with 256 bytes, of which the first 32 can be protected for good, and a code of three bytes that allows
/// writing (SLE 4442 and SLE 5542), over contacts or behind a PC/SC reader's pseudo-APDUs.
///
/// Two steps cannot be taken back, and each wants a word of its own: the last try of a code, and protection.
public protocol SecuredMemory {
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
    func spendTry(_ code: SecretBytes) throws(MemoryCardError) -> UInt8

    /// Writes a new code without asking.
    func writeCode(_ code: SecretBytes) throws(MemoryCardError)
}

/// That a caller knows what cannot be taken back.
public enum Irreversibly: Sendable {
    /// Protect these bytes for good.
    case protect
}

extension SecuredMemory {
    /// How many codes can still be tried.
    ///
    /// - Throws: `MemoryCardError` `.noAnswer`.
    public func triesLeft() throws(MemoryCardError) -> Int { (try readErrorCounter() & 7).nonzeroBitCount }

    /// Presents the code, so that the card can be written until it loses power.
    ///
    /// - Parameters:
    ///   - code: three bytes.
    ///   - isLastTryAllowed: whether a try may be spent when it is the last.
    /// - Throws: `MemoryCardError` `.lastTry` and `.codeLocked` where nothing was presented; `.codeWrong`; `.outOfRange`
    ///   where the code has another length; `.noAnswer`, after which the error counter tells whether a try was spent.
    public func present(_ code: SecretBytes, isLastTryAllowed: Bool = false) throws(MemoryCardError) {
        guard code.count == 3 else { throw MemoryCardError(.outOfRange, "code of \(code.count) bytes, not 3") }
        switch try triesLeft() {
        case 0: throw MemoryCardError(.codeLocked, "memory card")
        case 1 where !isLastTryAllowed: throw MemoryCardError(.lastTry, "memory card")
        default: break
        }
        let counter = try spendTry(code) & 7
        if counter == 7 { return }
        throw MemoryCardError(
            counter == 0 ? .codeLocked : .codeWrong, "memory card, \(counter.nonzeroBitCount) tries left")
    }

    /// Writes bytes and reads them back.
    ///
    /// - Throws: `MemoryCardError` `.notWritten` with the first address that differs, `.outOfRange`, `.noAnswer`.
    public func update(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError) {
        try writeMain(address, bytes)
        let held = try readMain(address, count: bytes.count)
        if let place = zip(held, bytes).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset {
            throw MemoryCardError(.notWritten, "address \(address + place)")
        }
    }

    /// Protects `bytes`, which must be what the card holds at `address`, against every change, for good.
    ///
    /// - Throws: `MemoryCardError` `.notAsExpected` where the card holds others: nothing was protected then;
    ///   `.notWritten` where the card did not take it; `.outOfRange` beyond the first 32 bytes; `.noAnswer`.
    public func protect(_ address: Int, _ bytes: [UInt8], _: Irreversibly) throws(MemoryCardError) {
        guard address >= 0, address <= 32, bytes.count <= 32 - address else {
            throw MemoryCardError(.outOfRange, "protection of \(bytes.count) bytes at \(address), beyond the first 32")
        }
        guard try readMain(address, count: bytes.count) == bytes else {
            throw MemoryCardError(.notAsExpected, "addresses \(address) to \(address + bytes.count - 1)")
        }
        try writeProtection(address, bytes)
        let protection = try readProtection()
        guard protection[address..<address + bytes.count].allSatisfy({ $0 }) else {
            throw MemoryCardError(.notWritten, "protection of address \(address) and following")
        }
    }

    /// Changes the code; the one that holds was presented before.
    ///
    /// The card takes the three bytes one after the other: pulled in between it holds a code of old and new bytes, or of FF.
    ///
    /// - Throws: `MemoryCardError` `.outOfRange`, `.noAnswer`, `.notWritten` where the new code does not hold.
    public func changeCode(to code: SecretBytes) throws(MemoryCardError) {
        guard code.count == 3 else { throw MemoryCardError(.outOfRange, "code of \(code.count) bytes, not 3") }
        try writeCode(code)
    }
}
