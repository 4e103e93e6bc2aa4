internal import CardCrypto
internal import ISO7816

/// Drives an SLE 4442 or SLE 5542 over the contacts.
public final class TwoWireReader: SecuredMemory {
    private let driver: TwoWireDriver

    /// - Parameter port: contains the card; activated here unless it already is.
    /// - Throws: `MemoryCardError` `.noAnswer`.
    public init(_ port: ContactPort) throws(MemoryCardError) {
        driver = try TwoWireDriver(port)
        super.init(driver)
    }

    /// Resets the card: its first four bytes (ISO/IEC 7816-10, type 1). A verified code stays verified.
    ///
    /// - Throws: `MemoryCardError` `.noAnswer`.
    @discardableResult
    public func reset() throws(MemoryCardError) -> [UInt8] { try driver.reset() }
}

/// The commands of an SLE 4442 or SLE 5542 over the contacts, unguarded; ``TwoWireReader`` is the guard.
final class TwoWireDriver: UnguardedMemory {
    private let port: ContactPort
    /// Half a period of a clock of 50 kHz, the maximum of these cards.
    private static let halfPeriod: UInt64 = 10_000

    /// - Parameter port: contains the card; activated here unless it already is.
    /// - Throws: `MemoryCardError` `.noAnswer`.
    init(_ port: ContactPort) throws(MemoryCardError) {
        self.port = port
        try onContacts { () throws(CardError) in try port.activate() }
        _ = try reset()
    }

    /// Resets the card: its first four bytes (ISO/IEC 7816-10, type 1). A verified code stays verified.
    func reset() throws(MemoryCardError) -> [UInt8] {
        try onContacts { () throws(CardError) in
            try port.drive(.clk, .low)
            try port.drive(.io, .high)
            try port.drive(.rst, .high)
            wait()
            try pulse()
            try port.drive(.rst, .low)
            wait()
            return try readBytes(4)
        }
    }

    func readMain(_ address: Int, count: Int) throws(MemoryCardError) -> [UInt8] {
        try check(address, count)
        guard count > 0 else { return [] }
        return try onContacts { () throws(CardError) in
            try send(0x30, UInt8(address), 0)
            let bytes = try readBytes(count)
            try breakOff()
            return bytes
        }
    }

    func readProtection() throws(MemoryCardError) -> [Bool] {
        let bytes = try onContacts { () throws(CardError) in
            try send(0x34, 0, 0)
            return try readBytes(4)
        }
        return (0..<32).map { bytes[$0 / 8] >> UInt8($0 % 8) & 1 == 0 }
    }

    func readErrorCounter() throws(MemoryCardError) -> UInt8 { try readSecurity()[0] & 7 }

    func writeMain(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError) {
        try check(address, bytes.count)
        for (offset, byte) in bytes.enumerated() { try write(0x38, UInt8(address + offset), byte) }
    }

    func writeProtection(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError) {
        try check(address, bytes.count)
        for (offset, byte) in bytes.enumerated() { try write(0x3C, UInt8(address + offset), byte) }
    }

    func spendTry(_ code: Secret) throws(MemoryCardError) -> UInt8 {
        let counter = try readErrorCounter()
        // The highest remaining bit; each try clears one.
        let bit = counter & 4 != 0 ? 4 : counter & 2 != 0 ? 2 : counter & 1
        try write(0x39, 0, counter & ~UInt8(bit))
        for offset in 0..<3 { try write(0x33, UInt8(offset + 1), byte(offset, of: code)) }
        // Erases the counter if the code was right, otherwise has no effect.
        try write(0x39, 0, 0xFF)
        return try readErrorCounter()
    }

    func writeCode(_ code: Secret) throws(MemoryCardError) {
        // Without a verified code the card returns 00 instead of the code, and ignores writes.
        let hidden = Secret(copying: [0, 0, 0])
        let isHidden = try readCode().matches(hidden)
        for offset in 0..<3 { try write(0x39, UInt8(offset + 1), byte(offset, of: code)) }
        guard try readCode().matches(code), !(isHidden && code.matches(hidden)) else {
            throw MemoryCardError(.notWritten, "new code")
        }
    }

    private func readCode() throws(MemoryCardError) -> Secret {
        var held = try readSecurity()
        held.removeFirst()
        return Secret(taking: &held)
    }

    private func readSecurity() throws(MemoryCardError) -> [UInt8] {
        try onContacts { () throws(CardError) in
            try send(0x31, 0, 0)
            return try readBytes(4)
        }
    }

    private func byte(_ offset: Int, of code: Secret) -> UInt8 { unsafe code.withBytes { unsafe $0[offset] } }

    private func check(_ address: Int, _ count: Int) throws(MemoryCardError) {
        guard address >= 0, count >= 0, address <= 256, count <= 256 - address else {
            throw MemoryCardError(.outOfRange, "\(count) bytes at address \(address) of 256")
        }
    }

    private func write(_ control: UInt8, _ address: UInt8, _ data: UInt8) throws(MemoryCardError) {
        let isDone = try onContacts { () throws(CardError) in
            try send(control, address, data)
            return try process()
        }
        guard isDone else { throw MemoryCardError(.noAnswer, "\(port.name), address \(address)") }
    }

    private func onContacts<Value>(_ body: () throws(CardError) -> Value) throws(MemoryCardError) -> Value {
        do throws(CardError) {
            return try body()
        } catch {
            throw MemoryCardError(.noAnswer, port.name, cause: error)
        }
    }
}

/// The signals.
extension TwoWireDriver {
    private func wait() { port.wait(nanoseconds: Self.halfPeriod) }

    private func pulse() throws(CardError) {
        try port.drive(.clk, .high)
        wait()
        try port.drive(.clk, .low)
        wait()
    }

    /// Start condition, three bytes with their lowest bits first, stop condition.
    private func send(_ control: UInt8, _ address: UInt8, _ data: UInt8) throws(CardError) {
        try port.drive(.io, .high)
        try port.drive(.clk, .high)
        wait()
        try port.drive(.io, .low)
        wait()
        try port.drive(.clk, .low)
        for byte in [control, address, data] {
            for bit in 0..<8 {
                try port.drive(.io, byte >> UInt8(bit) & 1 == 1 ? .high : .low)
                wait()
                try pulse()
            }
        }
        try port.drive(.io, .low)
        wait()
        try port.drive(.clk, .high)
        wait()
        try port.drive(.io, .high)
        wait()
        try port.drive(.clk, .low)
        wait()
    }

    private func readBytes(_ count: Int) throws(CardError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for _ in 0..<count {
            var byte: UInt8 = 0
            for bit in 0..<8 {
                if port.io == .high { byte |= 1 << UInt8(bit) }
                try pulse()
            }
            bytes.append(byte)
        }
        return bytes
    }

    /// Ends the card's output (data sheet, 2.3.4).
    private func breakOff() throws(CardError) {
        try port.drive(.rst, .high)
        wait()
        try port.drive(.rst, .low)
        wait()
    }

    /// Clocks until the card releases I/O; false where it never pulled it low, or does not release it.
    private func process() throws(CardError) -> Bool {
        guard port.io == .low else { return false }
        for _ in 0..<1024 {
            try pulse()
            if port.io == .high { return true }
        }
        return false
    }
}
