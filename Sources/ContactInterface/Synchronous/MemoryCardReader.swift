import CardCrypto
public import ISO7816

/// A PC/SC reader's side of a memory card: executes the pseudo-APDUs and drives the card over its contacts.
///
/// Programs see it as a card; in a `VirtualReaderCard` of CardIO every PC/SC program does. Like the readers whose
/// commands it implements, it does as told: guarding against irreversible steps is the program's task, as in
/// ``RemoteMemoryCard``. Only GENERAL AUTHENTICATE, which has no argument to allow it, never spends the last try.
public final class MemoryCardReader: IntegratedCircuitCard {
    private enum Selected {
        case none
        case twoWire(TwoWireDriver)
        case i2c(MemoryCardType, I2CReader)
    }

    private let port: ContactPort
    private var selected = Selected.none
    /// The code from LOAD KEYS.
    private var key: Secret?
    /// 3B 04 and the four bytes of a two-wire card; 3B 00 for a card without an answer to reset.
    public private(set) var answerToReset: [UInt8]

    /// - Parameter port: contains the card.
    /// - Throws: `CardError` `.cardUnresponsive`, `.noCard`.
    public init(_ port: ContactPort) throws(CardError) {
        self.port = port
        answerToReset = []
        try reset()
    }

    /// The card loses power and its verification; the reader forgets type, page size and key.
    public func reset() throws(CardError) {
        (selected, key) = (.none, nil)
        do throws(MemoryCardError) {
            let bytes = try powerUp().reset()
            answerToReset = bytes == [0xFF, 0xFF, 0xFF, 0xFF] ? [0x3B, 0x00] : [0x3B, 0x04] + bytes
        } catch {
            throw CardError(.cardUnresponsive, subject: port.name, cause: error)
        }
    }

    private func powerUp() throws(MemoryCardError) -> TwoWireDriver {
        do throws(CardError) { try port.deactivate() } catch {
            throw MemoryCardError(.noAnswer, port.name, cause: error)
        }
        port.wait(nanoseconds: ContactPort.pause)
        return try TwoWireDriver(port)
    }

    public func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        let parsed: CommandAPDU
        do throws(APDUError) {
            parsed = try CommandAPDU(command)
        } catch {
            return StatusWord.wrongLength.bytes
        }
        guard parsed.cla == MemoryCardCommand.cla else { return StatusWord.classNotSupported.bytes }
        guard let kind = MemoryCardCommand(rawValue: parsed.ins) else {
            return StatusWord.instructionNotSupported.bytes
        }
        do throws(MemoryCardError) {
            return try answer(kind, parsed)
        } catch {
            switch error.code {
            case .outOfRange: return StatusWord.notFound.bytes
            case .notWritten: return StatusWord.memoryFailure.bytes
            default:
                // A card of another type than the selected one does not answer, but is present.
                guard !port.isCardPresent else { return StatusWord(0x6F00).bytes }
                throw CardError(.cardUnresponsive, subject: port.name, cause: error)
            }
        }
    }

    private func answer(_ kind: MemoryCardCommand, _ command: CommandAPDU) throws(MemoryCardError) -> [UInt8] {
        switch (kind, selected) {
        case (.selectCardType, _): return try selectCardType(command)
        case (.getData, _): return getData(command)
        case (.loadKeys, _): return loadKeys(command).bytes
        case (_, .none): return StatusWord.conditionsNotSatisfied.bytes
        case (_, .twoWire(let driver)): return try perform(kind, command, driver)
        case (_, .i2c(let type, let reader)): return try perform(kind, command, type, reader)
        }
    }

    private func selectCardType(_ command: CommandAPDU) throws(MemoryCardError) -> [UInt8] {
        guard command.p1 == 0, command.p2 == 0 else { return StatusWord.wrongParameters.bytes }
        guard command.data.count == 1 else { return StatusWord.wrongLength.bytes }
        guard let type = MemoryCardType(rawValue: command.data[command.data.startIndex]) else {
            return StatusWord.wrongData.bytes
        }
        // The card is powered down and up, so its verification is lost.
        (selected, key) = (.none, nil)
        let driver = try powerUp()
        selected = type == .twoWire ? .twoWire(driver) : .i2c(type, try I2CReader(port, type.i2cKind(pageSize: 8)))
        return StatusWord.success.bytes
    }

    /// A memory card has no serial number, and no historical bytes except in its answer to reset.
    private func getData(_ command: CommandAPDU) -> [UInt8] {
        guard command.p1 <= 1, command.p2 == 0 else { return StatusWord.wrongParameters.bytes }
        let historical = answerToReset.dropFirst(2)
        guard command.p1 == 1, !historical.isEmpty else { return StatusWord.functionNotSupported.bytes }
        switch command.expectedLength {
        case nil: return StatusWord.wrongLength.bytes
        case 256, 65_536, historical.count: return historical + StatusWord.success.bytes
        default: return [0x6C, UInt8(historical.count)]
        }
    }

    private func loadKeys(_ command: CommandAPDU) -> StatusWord {
        if case .i2c = selected { return .cardKeyNotSupported }
        if command.p1 & 0x80 != 0 { return .readerKeyNotSupported }
        if command.p1 & 0x40 != 0 { return .securedNotSupported }
        if command.p1 & 0x20 != 0 { return .lastingNotSupported }
        guard command.p1 == 0 else { return .wrongParameters }
        guard command.p2 == 0 else { return .noSuchKey }
        guard command.data.count == 3 else { return .wrongKeyLength }
        key = Secret(copying: command.data)
        return .success
    }

    /// The data are version 01, an address, which a code for the whole card does not need, the key's type and its
    /// number. Types 60 and 61 are MIFARE's; this card's code has type 00.
    private func authenticate(_ command: CommandAPDU, _ driver: TwoWireDriver) throws(MemoryCardError) -> StatusWord {
        let data = Array(command.data)
        guard command.p1 == 0, command.p2 == 0 else { return .wrongParameters }
        guard data.count == 5 else { return .wrongLength }
        guard data[0] == 1 else { return .wrongData }
        guard data[3] == 0 else { return .keyTypeNotKnown }
        guard data[4] == 0, let key else { return .noSuchKey }
        guard try driver.readErrorCounter().nonzeroBitCount > 1 else { return .readerKeyNotSupported }
        return try driver.spendTry(key) == 7 ? .success : .verificationFailed
    }
}

/// Two-wire cards.
extension MemoryCardReader {
    private func perform(
        _ kind: MemoryCardCommand, _ command: CommandAPDU, _ driver: TwoWireDriver
    ) throws(MemoryCardError) -> [UInt8] {
        let (address, data) = (Int(command.p2), Array(command.data))
        if kind == .authenticate { return try authenticate(command, driver).bytes }
        guard kind != .selectPageSize else { return StatusWord.functionNotSupported.bytes }
        guard command.p1 == 0 else { return StatusWord.wrongParameters.bytes }
        switch kind {
        case .read:
            guard let expected = command.expectedLength else { return StatusWord.wrongLength.bytes }
            return try driver.readMain(address, count: min(expected, 256 - address)) + StatusWord.success.bytes
        case .readErrorCounter:
            return [try driver.readErrorCounter(), 0, 0, 0] + StatusWord.success.bytes
        case .readProtection:
            return TwoWireMemory.protectionBytes(try driver.readProtection()) + StatusWord.success.bytes
        case .write, .updateBinary:
            try driver.writeMain(address, data)
        case .writeProtection:
            try driver.writeProtection(address, data)
        case .changeCode:
            guard data.count == 3 else { return StatusWord.wrongLength.bytes }
            try driver.writeCode(Secret(copying: data))
        case .presentCode:
            guard data.count == 3 else { return StatusWord.wrongLength.bytes }
            return [0x90, try driver.spendTry(Secret(copying: data))]
        case .selectPageSize, .selectCardType, .getData, .loadKeys, .authenticate:
            return StatusWord.functionNotSupported.bytes
        }
        return StatusWord.success.bytes
    }
}

/// I²C cards.
extension MemoryCardReader {
    private func perform(
        _ kind: MemoryCardCommand, _ command: CommandAPDU, _ type: MemoryCardType, _ reader: I2CReader
    ) throws(MemoryCardError) -> [UInt8] {
        var address = Int(command.p1) << 8 | Int(command.p2)
        switch kind {
        case .selectPageSize:
            guard command.p1 == 0, command.p2 == 0 else { return StatusWord.wrongParameters.bytes }
            guard command.data.count == 1 else { return StatusWord.wrongLength.bytes }
            guard let code = command.data.first, (3...7).contains(code) else { return StatusWord.wrongData.bytes }
            selected = .i2c(type, try I2CReader(port, type.i2cKind(pageSize: 1 << Int(code))))
            return StatusWord.success.bytes
        case .readErrorCounter where type == .largeI2C, .read:
            if kind == .readErrorCounter { address |= 0x1_0000 }
            guard let count = command.expectedLength else { return StatusWord.wrongLength.bytes }
            return try reached(reader) { () throws(MemoryCardError) in try reader.read(address, count: count) }
                + StatusWord.success.bytes
        case .writeProtection where type == .largeI2C, .write, .updateBinary:
            if kind == .writeProtection { address |= 0x1_0000 }
            let data = Array(command.data)
            try reached(reader) { () throws(MemoryCardError) in try reader.write(address, data) }
            return StatusWord.success.bytes
        case .authenticate, .presentCode, .readErrorCounter, .readProtection, .writeProtection, .changeCode,
            .selectCardType, .getData, .loadKeys:
            return StatusWord.functionNotSupported.bytes
        }
    }

    /// A small card does not acknowledge addresses that it does not have; if it acknowledges its first, it is present.
    private func reached<Value>(
        _ reader: I2CReader, _ body: () throws(MemoryCardError) -> Value
    ) throws(MemoryCardError) -> Value {
        do throws(MemoryCardError) {
            return try body()
        } catch {
            guard error.code == .noAnswer else { throw error }
            _ = try reader.read(0, count: 1)
            throw MemoryCardError(.outOfRange, port.name)
        }
    }
}

extension MemoryCardType {
    /// What is known of an I²C card by its type; it does not acknowledge addresses beyond its size, or wraps around.
    func i2cKind(pageSize: Int) -> I2CMemoryKind {
        self == .smallI2C ? .small(pageSize: pageSize) : .large(pageSize: pageSize)
    }
}
