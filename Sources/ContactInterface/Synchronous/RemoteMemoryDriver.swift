internal import CardCrypto
internal import ISO7816

/// The pseudo-APDUs of a reader that contains a secured memory card, unguarded; ``RemoteMemoryCard`` is the guard.
final class RemoteMemoryDriver: UnguardedMemory {
    private let channel: any CardChannel

    /// Tells the reader the card type.
    ///
    /// - Parameter channel: leads to the reader.
    /// - Throws: `MemoryCardError` `.noAnswer` where the reader does not support such cards.
    init(over channel: any CardChannel) throws(MemoryCardError) {
        self.channel = channel
        _ = try send(.selectCardType, 0, [MemoryCardType.twoWire.rawValue])
    }

    func readMain(_ address: Int, count: Int) throws(MemoryCardError) -> [UInt8] {
        try check(address, count)
        var bytes: [UInt8] = []
        while bytes.count < count {
            let part = min(count - bytes.count, 255)
            let answer = try send(.read, address + bytes.count, expecting: part)
            guard answer.count >= part else { throw noAnswer("READ at \(address + bytes.count)") }
            // Some readers append the protection bits.
            bytes += answer.prefix(part)
        }
        return bytes
    }

    func readProtection() throws(MemoryCardError) -> [Bool] {
        let bytes = try send(.readProtection, 0, expecting: 4)
        guard bytes.count == 4 else { throw noAnswer("READ PROTECTION BITS") }
        return (0..<32).map { bytes[$0 / 8] >> UInt8($0 % 8) & 1 == 0 }
    }

    func readErrorCounter() throws(MemoryCardError) -> UInt8 {
        guard let counter = try send(.readErrorCounter, 0, expecting: 4).first else {
            throw noAnswer("READ PRESENTATION ERROR COUNTER")
        }
        return counter & 7
    }

    func writeMain(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError) {
        try check(address, bytes.count)
        for start in stride(from: 0, to: bytes.count, by: 255) {
            _ = try send(.write, address + start, Array(bytes[start..<min(start + 255, bytes.count)]))
        }
    }

    func writeProtection(_ address: Int, _ bytes: [UInt8]) throws(MemoryCardError) {
        try check(address, bytes.count)
        _ = try send(.writeProtection, address, bytes)
    }

    func spendTry(_ code: Secret) throws(MemoryCardError) -> UInt8 {
        try transmit(.presentCode, 0, unsafe code.withBytes { unsafe Array($0) }).sw2
    }

    func writeCode(_ code: Secret) throws(MemoryCardError) {
        _ = try send(.changeCode, 1, unsafe code.withBytes { unsafe Array($0) })
    }

    private func check(_ address: Int, _ count: Int) throws(MemoryCardError) {
        guard address >= 0, count >= 0, address <= 256, count <= 256 - address else {
            throw MemoryCardError(.outOfRange, "\(count) bytes at address \(address) of 256")
        }
    }

    private func noAnswer(_ what: String, _ cause: (any Error)? = nil) -> MemoryCardError {
        MemoryCardError(.noAnswer, what, cause: cause)
    }

    /// Sends a command whose SW2 is data, and returns its status word.
    private func transmit(
        _ command: MemoryCardCommand, _ address: Int, _ data: [UInt8]
    ) throws(MemoryCardError) -> StatusWord {
        let answer = try exchange(command, address, data, expecting: nil)
        guard answer.status.sw1 == 0x90 else { throw noAnswer("\(command), status \(answer.status)") }
        return answer.status
    }

    private func send(
        _ command: MemoryCardCommand, _ address: Int, _ data: [UInt8] = [], expecting count: Int? = nil
    ) throws(MemoryCardError) -> [UInt8] {
        let answer = try exchange(command, address, data, expecting: count)
        switch answer.status {
        case .success: return Array(answer.data)
        case .memoryFailure: throw MemoryCardError(.notWritten, "\(command) at address \(address)")
        default: throw noAnswer("\(command) at address \(address), status \(answer.status)")
        }
    }

    private func exchange(
        _ command: MemoryCardCommand, _ address: Int, _ data: [UInt8], expecting count: Int?
    ) throws(MemoryCardError) -> ResponseAPDU {
        do {
            return try channel.transmit(
                try CommandAPDU(
                    cla: MemoryCardCommand.cla, ins: command.rawValue, p1: 0, p2: UInt8(address), data: data,
                    expectedLength: count))
        } catch {
            throw noAnswer("\(command)", error)
        }
    }
}
