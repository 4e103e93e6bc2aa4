internal import ISO7816

/// Drives an I²C memory card (AT24Cxx) over the contacts.
public final class I2CReader {
    private let port: ContactPort
    public let kind: I2CMemoryKind
    /// A quarter of a period of a clock of 100 kHz.
    private static let quarter: UInt64 = 2_500
    /// Twice the longest writing cycle of the kinds.
    private static let longestCycle: UInt64 = 10_000_000

    /// - Parameters:
    ///   - port: has the card in; it is activated here where it is not yet.
    ///   - kind: which card it is; it cannot be asked.
    /// - Throws: `MemoryCardError` `.noAnswer`.
    public init(_ port: ContactPort, _ kind: I2CMemoryKind) throws(MemoryCardError) {
        self.port = port
        self.kind = kind
        try onContacts { () throws(CardError) in
            try port.activate()
            try port.drive(.clk, .high)
            // A card that was left in the middle of a byte lets go of the line within nine pulses.
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
            for place in 0..<count {
                bytes.append(try receive(isLast: place == count - 1))
            }
            try stop()
            return bytes
        }
    }

    /// Writes bytes from `address` on, page by page, and waits for each page until the card acknowledges again.
    ///
    /// - Throws: `MemoryCardError` `.outOfRange`, `.noAnswer`: pages before may be written then.
    public func write(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError) {
        try check(address, bytes.count)
        var rest = bytes[...]
        var place = address
        while !rest.isEmpty {
            let count = min(rest.count, kind.pageSize - place % kind.pageSize)
            try onContacts { () throws(CardError) in
                try select(place)
                for byte in rest.prefix(count) { try sendAcknowledged(byte) }
                try stop()
                try awaitCycle()
            }
            rest = rest.dropFirst(count)
            place += count
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

    /// Sends a byte, highest bit first; whether the card acknowledges it.
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

    /// Asks until the card acknowledges its address again.
    private func awaitCycle() throws(CardError) {
        let end = port.now + Self.longestCycle
        while true {
            try start()
            let isThere = try send(kind.deviceAddress(of: 0))
            try stop()
            if isThere { return }
            guard port.now < end else { throw CardError(.cardUnresponsive, subject: port.name) }
        }
    }
}
