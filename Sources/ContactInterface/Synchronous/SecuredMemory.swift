public import CardCrypto
import ISO7816

/// A memory card with 256 bytes, of which the first 32 can be protected for good, and a code of three bytes that allows
/// writing (SLE 4442 and SLE 5542), over contacts or behind a PC/SC reader's pseudo-APDUs.
///
/// Two steps cannot be taken back, and each wants a word of its own: the last try of a code, and protection.
/// That is all that can be done: what would go past the guard is not public, over contacts or behind a reader.
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

    /// The error counter: as many tries are left as it has bits set, 3 at most.
    ///
    /// - Throws: `MemoryCardError` `.noAnswer`.
    public final func readErrorCounter() throws(MemoryCardError) -> UInt8 { try card.readErrorCounter() }

    /// How many codes can still be tried.
    ///
    /// - Throws: `MemoryCardError` `.noAnswer`.
    public final func triesLeft() throws(MemoryCardError) -> Int { (try readErrorCounter() & 7).nonzeroBitCount }

    /// Presents the code, so that the card can be written until it loses power.
    ///
    /// - Parameters:
    ///   - code: three bytes.
    ///   - isLastTryAllowed: whether a try may be spent when it is the last.
    /// - Throws: `MemoryCardError` `.lastTry` and `.codeLocked` where nothing was presented; `.codeWrong`; `.outOfRange`
    ///   where the code has another length; `.noAnswer`, after which the error counter tells whether a try was spent.
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
        if let place = zip(held, bytes).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset {
            throw MemoryCardError(.notWritten, "address \(address + place)")
        }
    }

    /// Protects `bytes`, which must be what the card holds at `address`, against every change, for good.
    ///
    /// - Throws: `MemoryCardError` `.notAsExpected` where the card holds others: nothing was protected then;
    ///   `.notWritten` where the card did not take it; `.outOfRange` beyond the first 32 bytes; `.noAnswer`.
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

    /// Changes the code; the one that holds was presented before.
    ///
    /// The card takes the three bytes one after the other: pulled in between it holds a code of old and new bytes, or of FF.
    ///
    /// - Throws: `MemoryCardError` `.outOfRange`, `.noAnswer`, `.notWritten` where the new code does not hold, as far as the
    ///   reader tells.
    public final func changeCode(to code: Secret) throws(MemoryCardError) {
        guard code.count == 3 else { throw MemoryCardError(.outOfRange, "code of \(code.count) bytes, not 3") }
        try card.writeCode(code)
    }
}

/// That a caller knows what cannot be taken back.
public enum Irreversibly: Sendable {
    /// Protect these bytes for good.
    case protect
}
