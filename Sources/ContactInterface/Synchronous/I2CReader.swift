internal import ISO7816

/// Drives an I²C memory card (AT24Cxx) over the contacts.
public final class I2CReader {
    private let port: ContactPort
    public let kind: I2CMemoryKind
    /// A quarter of a period of a clock of 100 kHz.
    private static let quarter: UInt64 = 2_500
    /// Twice the longest write cycle of all kinds.
    private static let maxCycleLength: UInt64 = 10_000_000

    /// - Parameters:
    ///   - port: contains the card; activated here unless it already is.
    ///   - kind: which card it is; this cannot be detected.
    /// - Throws: `MemoryCardError` `.noAnswer`.
    public init(_ port: ContactPort, _ kind: I2CMemoryKind) throws(MemoryCardError) {
        self.port = port
        self.kind = kind
        try onContacts { () throws(CardError) in
            try port.activate()
            try port.drive(.clk, .high)
            // A card that was interrupted within a byte releases the line within nine pulses.
            for _ in 0..<9 {
                try line(.clk, .low)
                try line(.clk, .high)
            }
            try line(.clk, .low)
            try start()
            try stop()
        }
    }

    /// Reads `count` bytes from `address` on: random read, then sequential (data sheet).
    ///
    /// - Throws: `MemoryCardError` `.outOfRange`, `.noAnswer`.
    public func read(_ address: Int, count: Int) throws(MemoryCardError) -> [UInt8] {
        try check(address, count)
        guard count > 0 else { return [] }
        return try onContacts { () throws(CardError) in
            try select(address)
            try start()
            try sendAcknowledged(kind.deviceAddress(of: address) | 1)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count)
            for offset in 0..<count {
                bytes.append(try receive(isLast: offset == count - 1))
            }
            try stop()
            return bytes
        }
    }

    /// Writes bytes from `address` on, page by page, and waits after each page until the card acknowledges again.
    ///
    /// - Throws: `MemoryCardError` `.outOfRange`, `.noAnswer`: earlier pages may have been written.
    public func write(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError) {
        try check(address, bytes.count)
        var rest = bytes[...]
        var offset = address
        while !rest.isEmpty {
            let count = min(rest.count, kind.pageSize - offset % kind.pageSize)
            try onContacts { () throws(CardError) in
                try select(offset)
                for byte in rest.prefix(count) { try sendAcknowledged(byte) }
                try stop()
                try awaitCycle()
            }
            rest = rest.dropFirst(count)
            offset += count
        }
    }

    private func check(_ address: Int, _ count: Int) throws(MemoryCardError) {
        guard address >= 0, count >= 0, address <= kind.capacity, count <= kind.capacity - address else {
            throw MemoryCardError(.outOfRange, "\(count) bytes at address \(address) of \(kind)")
        }
    }

    private func onContacts<Value>(_ body: () throws(CardError) -> Value) throws(MemoryCardError) -> Value {
        do throws(CardError) {
            return try body()
        } catch {
            throw MemoryCardError(.noAnswer, "\(port.name), \(kind)", cause: error)
        }
    }
}

/// The signals.
extension I2CReader {
    private func line(_ contact: Contact, _ level: Level) throws(CardError) {
        try port.drive(contact, level)
        port.wait(nanoseconds: Self.quarter)
    }

    private func start() throws(CardError) {
        try line(.io, .high)
        try line(.clk, .high)
        try line(.io, .low)
        try line(.clk, .low)
    }

    private func stop() throws(CardError) {
        try line(.io, .low)
        try line(.clk, .high)
        try line(.io, .high)
        try line(.clk, .low)
    }

    /// Sends a byte, highest bit first; true where the card acknowledges it.
    private func send(_ byte: UInt8) throws(CardError) -> Bool {
        for bit in (0..<8).reversed() {
            try line(.io, byte >> UInt8(bit) & 1 == 1 ? .high : .low)
            try line(.clk, .high)
            try line(.clk, .low)
        }
        try line(.io, .high)
        try line(.clk, .high)
        let isAcknowledged = port.io == .low
        try line(.clk, .low)
        return isAcknowledged
    }

    private func sendAcknowledged(_ byte: UInt8) throws(CardError) {
        guard try send(byte) else {
            try stop()
            throw CardError(.cardUnresponsive, subject: port.name)
        }
    }

    private func receive(isLast: Bool) throws(CardError) -> UInt8 {
        var byte: UInt8 = 0
        try line(.io, .high)
        for _ in 0..<8 {
            try line(.clk, .high)
            byte = byte << 1 | (port.io == .high ? 1 : 0)
            try line(.clk, .low)
        }
        try line(.io, isLast ? .high : .low)
        try line(.clk, .high)
        try line(.clk, .low)
        try line(.io, .high)
        return byte
    }

    /// Start, device address for writing, address.
    private func select(_ address: Int) throws(CardError) {
        try start()
        try sendAcknowledged(kind.deviceAddress(of: address))
        if kind.addressBytes == 2 { try sendAcknowledged(UInt8(address >> 8 & 0xFF)) }
        try sendAcknowledged(UInt8(address & 0xFF))
    }

    /// Polls until the card acknowledges its address again.
    private func awaitCycle() throws(CardError) {
        let end = port.now + Self.maxCycleLength
        while true {
            try start()
            let isAcknowledged = try send(kind.deviceAddress(of: 0))
            try stop()
            if isAcknowledged { return }
            guard port.now < end else { throw CardError(.cardUnresponsive, subject: port.name) }
        }
    }
}
