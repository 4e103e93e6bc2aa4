public import ISO7816

/// An I²C memory card behind a PC/SC reader's pseudo-APDUs.
public final class RemoteI2CMemory {
    private let channel: any CardChannel
    public let kind: I2CMemoryKind

    /// Tells the reader which type of card is in, and how long its pages are.
    ///
    /// - Parameters:
    ///   - channel: leads to the reader.
    ///   - kind: which card it is; it cannot be asked, and with a wrong one writing spoils what it holds.
    /// - Throws: `MemoryCardError` `.noAnswer` where the reader does not know such cards.
    public init(over channel: any CardChannel, _ kind: I2CMemoryKind) throws(MemoryCardError) {
        self.channel = channel
        self.kind = kind
        let type = kind.addressBytes == 1 ? MemoryCardType.smallI2C : .largeI2C
        _ = try send(MemoryCardCommand.selectCardType.rawValue, 0, [type.rawValue])
        // 128 bytes are the longest page that readers know; a shorter one than the card's is right too.
        let page = min(kind.pageSize, 128).trailingZeroBitCount
        _ = try send(MemoryCardCommand.selectPageSize.rawValue, 0, [UInt8(page)])
    }

    /// Reads `count` bytes from `address` on.
    ///
    /// - Throws: `MemoryCardError` `.outOfRange`, `.noAnswer`.
    public func read(_ address: Int, count: Int) throws(MemoryCardError) -> [UInt8] {
        try check(address, count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let (instruction, place) = place(.read, address + bytes.count)
            let part = min(count - bytes.count, 255, 0x1_0000 - place)
            let answer = try send(instruction, place, expecting: part)
            guard answer.count == part else {
                throw MemoryCardError(.noAnswer, "\(answer.count) of \(part) bytes at address \(address + bytes.count)")
            }
            bytes += answer
        }
        return bytes
    }

    /// Writes bytes from `address` on, and reads them back.
    ///
    /// - Throws: `MemoryCardError` `.outOfRange`; `.notWritten` with the first address that differs; `.noAnswer`: bytes
    ///   before may be written then.
    public func update(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError) {
        try check(address, bytes.count)
        var sent = 0
        while sent < bytes.count {
            let (instruction, place) = place(.write, address + sent)
            // Whole pages, so that no writing cycle is spent twice on one.
            let page = 128 - place % 128
            let part = min(bytes.count - sent, page)
            _ = try send(instruction, place, Array(bytes[sent..<sent + part]))
            sent += part
        }
        let held = try read(address, count: bytes.count)
        if let place = zip(held, bytes).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset {
            throw MemoryCardError(.notWritten, "address \(address + place)")
        }
    }

    private func check(_ address: Int, _ count: Int) throws(MemoryCardError) {
        guard address >= 0, count >= 0, address <= kind.capacity, count <= kind.capacity - address else {
            throw MemoryCardError(.outOfRange, "\(count) bytes at address \(address) of \(kind)")
        }
    }

    /// The 17th bit of an address is the lowest of the instruction.
    private func place(_ command: MemoryCardCommand, _ address: Int) -> (instruction: UInt8, address: Int) {
        (command.rawValue | UInt8(address >> 16), address & 0xFFFF)
    }

    private func send(
        _ instruction: UInt8, _ address: Int, _ data: [UInt8] = [], expecting count: Int? = nil
    ) throws(MemoryCardError) -> [UInt8] {
        let answer: ResponseAPDU
        do {
            answer = try channel.transmit(
                try CommandAPDU(
                    cla: MemoryCardCommand.cla, ins: instruction, p1: UInt8(address >> 8), p2: UInt8(address & 0xFF),
                    data: data, expectedLength: count))
        } catch {
            throw MemoryCardError(.noAnswer, "\(kind)", cause: error)
        }
        switch answer.status {
        case .success: return Array(answer.data)
        case .notFound: throw MemoryCardError(.outOfRange, "\(kind), address \(address)")
        default: throw MemoryCardError(.noAnswer, "\(kind), status \(answer.status)")
        }
    }
}
