public import ISO7816

/// An I²C memory card behind a PC/SC reader's pseudo-APDUs.
public final class RemoteI2CMemory {
    private let channel: any CardChannel
    public let kind: I2CMemoryKind

    /// Tells the reader the card type and the page size.
    ///
    /// - Parameters:
    ///   - channel: leads to the reader.
    ///   - kind: which card it is; this cannot be detected, and writing with a wrong kind corrupts its content.
    /// - Throws: `MemoryCardError` `.noAnswer` where the reader does not support such cards.
    public init(over channel: any CardChannel, _ kind: I2CMemoryKind) throws(MemoryCardError) {
        self.channel = channel
        self.kind = kind
        let type = kind.addressBytes == 1 ? MemoryCardType.smallI2C : .largeI2C
        _ = try send(MemoryCardCommand.selectCardType.rawValue, 0, [type.rawValue])
        // Readers know pages of at most 128 bytes; a size below the card's works too.
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
            let (instruction, index) = index(.read, address + bytes.count)
            let part = min(count - bytes.count, 255, 0x1_0000 - index)
            let answer = try send(instruction, index, expecting: part)
            guard answer.count == part else {
                throw MemoryCardError(.noAnswer, "\(answer.count) of \(part) bytes at address \(address + bytes.count)")
            }
            bytes += answer
        }
        return bytes
    }

    /// Writes bytes from `address` on, and reads them back.
    ///
    /// - Throws: `MemoryCardError` `.outOfRange`; `.notWritten` with the first address that differs; `.noAnswer`:
    ///   earlier bytes may have been written.
    public func update(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError) {
        try check(address, bytes.count)
        var sent = 0
        while sent < bytes.count {
            let (instruction, index) = index(.write, address + sent)
            // Whole pages, so that no page takes two write cycles.
            let page = 128 - index % 128
            let part = min(bytes.count - sent, page)
            _ = try send(instruction, index, Array(bytes[sent..<sent + part]))
            sent += part
        }
        let held = try read(address, count: bytes.count)
        if let index = zip(held, bytes).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset {
            throw MemoryCardError(.notWritten, "address \(address + index)")
        }
    }

    private func check(_ address: Int, _ count: Int) throws(MemoryCardError) {
        guard address >= 0, count >= 0, address <= kind.capacity, count <= kind.capacity - address else {
            throw MemoryCardError(.outOfRange, "\(count) bytes at address \(address) of \(kind)")
        }
    }

    /// The 17th bit of an address is the lowest of the instruction.
    private func index(_ command: MemoryCardCommand, _ address: Int) -> (instruction: UInt8, address: Int) {
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
