public import CardCrypto
import ISO7816

/// A memory card with 256 bytes, of which the first 32 can be protected irreversibly, and a code of three bytes that
/// allows writing (SLE 4442 and SLE 5542), over contacts or behind a PC/SC reader's pseudo-APDUs.
///
/// Two steps are irreversible, and each needs a separate argument: the last try of a code, and protection. Nothing
/// public bypasses this guard, over contacts or behind a reader.
public class SecuredMemory {
    private let card: any UnguardedMemory

    init(_ card: any UnguardedMemory) { self.card = card }

    /// Reads `count` bytes from `address` on.
    ///
    /// - Throws: `MemoryCardError` `.outOfRange`, `.noAnswer`.
    public final func readMain(_ address: Int, count: Int) throws(MemoryCardError) -> [UInt8] {
        try card.readMain(address, count: count)
    }

    /// Whether each of the first 32 bytes is protected.
    ///
    /// - Throws: `MemoryCardError` `.noAnswer`.
    public final func readProtection() throws(MemoryCardError) -> [Bool] { try card.readProtection() }

    /// The error counter: one bit set per remaining try, max. 3.
    ///
    /// - Throws: `MemoryCardError` `.noAnswer`.
    public final func readErrorCounter() throws(MemoryCardError) -> UInt8 { try card.readErrorCounter() }

    /// The remaining tries of the code.
    ///
    /// - Throws: `MemoryCardError` `.noAnswer`.
    public final func triesLeft() throws(MemoryCardError) -> Int { (try readErrorCounter() & 7).nonzeroBitCount }

    /// Presents the code; the card can then be written until it loses power.
    ///
    /// - Parameters:
    ///   - code: three bytes.
    ///   - isLastTryAllowed: whether the last try may be spent.
    /// - Throws: `MemoryCardError` `.lastTry` and `.codeLocked` where nothing was presented; `.codeWrong`;
    ///   `.outOfRange` where the code has the wrong length; `.noAnswer`, after which the error counter tells whether a
    ///   try was spent.
    public final func present(_ code: Secret, isLastTryAllowed: Bool = false) throws(MemoryCardError) {
        guard code.count == 3 else { throw MemoryCardError(.outOfRange, "code of \(code.count) bytes, not 3") }
        switch try triesLeft() {
        case 0: throw MemoryCardError(.codeLocked, "memory card")
        case 1 where !isLastTryAllowed: throw MemoryCardError(.lastTry, "memory card")
        default: break
        }
        let counter = try card.spendTry(code) & 7
        if counter == 7 { return }
        throw MemoryCardError(
            counter == 0 ? .codeLocked : .codeWrong, "memory card, \(counter.nonzeroBitCount) tries left")
    }

    /// Writes bytes and reads them back.
    ///
    /// - Throws: `MemoryCardError` `.notWritten` with the first address that differs, `.outOfRange`, `.noAnswer`.
    public final func update(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError) {
        try card.writeMain(address, bytes)
        let held = try readMain(address, count: bytes.count)
        if let index = zip(held, bytes).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset {
            throw MemoryCardError(.notWritten, "address \(address + index)")
        }
    }

    /// Protects `bytes`, which must be what the card holds at `address`, against every change, irreversibly.
    ///
    /// - Throws: `MemoryCardError` `.notAsExpected` where the card's differ: nothing was protected then; `.notWritten`
    ///   where the card did not accept it; `.outOfRange` beyond the first 32 bytes; `.noAnswer`.
    public final func protect(_ address: Int, _ bytes: [UInt8], _: Irreversibly) throws(MemoryCardError) {
        guard address >= 0, address <= 32, bytes.count <= 32 - address else {
            throw MemoryCardError(.outOfRange, "protection of \(bytes.count) bytes at \(address), beyond the first 32")
        }
        guard try readMain(address, count: bytes.count) == bytes else {
            throw MemoryCardError(.notAsExpected, "addresses \(address) to \(address + bytes.count - 1)")
        }
        try card.writeProtection(address, bytes)
        let protection = try readProtection()
        guard protection[address..<address + bytes.count].allSatisfy({ $0 }) else {
            throw MemoryCardError(.notWritten, "protection of address \(address) and following")
        }
    }

    /// Changes the code; the current one must have been presented.
    ///
    /// The card writes the three bytes one by one: if pulled in between, its code has old and new bytes, or FF.
    ///
    /// - Throws: `MemoryCardError` `.outOfRange`, `.noAnswer`, `.notWritten` where the new code is not in effect, as
    ///   far as the reader can tell.
    public final func changeCode(to code: Secret) throws(MemoryCardError) {
        guard code.count == 3 else { throw MemoryCardError(.outOfRange, "code of \(code.count) bytes, not 3") }
        try card.writeCode(code)
    }
}

/// Confirms that the caller knows a step is irreversible.
public enum Irreversibly: Sendable {
    /// Protect these bytes irreversibly.
    case protect
}
