public import ISO7816

/// A PC/SC reader's side of a memory card: takes the pseudo-APDUs and drives the card over its contacts.
///
/// To programs it is a card; put into a ``VirtualReaderCard`` it is one to every PC/SC program.
public final class MemoryCardReader: IntegratedCircuitCard {
    private let port: ContactPort
    private var reader: TwoWireDriver?
    private var isSelected = false
    public private(set) var answerToReset: [UInt8]

    /// - Parameter port: has the card in.
    /// - Throws: `CardError` `.cardUnresponsive`, `.noCard`.
    public init(_ port: ContactPort) throws(CardError) {
        self.port = port
        answerToReset = []
        try reset()
    }

    /// The card loses power, and with it what was verified.
    public func reset() throws(CardError) {
        isSelected = false
        try port.deactivate()
        do throws(MemoryCardError) {
            let reader = try TwoWireDriver(port)
            // A reader gives such a card an answer to reset of its own; the card's four bytes are the historical ones.
            answerToReset = [0x3B, 0x04] + (try reader.reset())
            self.reader = reader
        } catch {
            reader = nil
            throw CardError(.cardUnresponsive, subject: port.name, cause: error)
        }
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
        guard parsed.p1 == 0 else { return StatusWord.wrongParameters.bytes }
        if kind == .selectCardType { return selectCardType(parsed) }
        guard isSelected, let reader else { return StatusWord.conditionsNotSatisfied.bytes }
        do throws(MemoryCardError) {
            return try perform(kind, parsed, reader)
        } catch {
            if error.code == .outOfRange { return StatusWord.wrongParameters.bytes }
            if error.code == .notWritten { return StatusWord.memoryFailure.bytes }
            throw CardError(.cardUnresponsive, subject: port.name, cause: error)
        }
    }

    private func selectCardType(_ command: CommandAPDU) -> [UInt8] {
        guard command.data.elementsEqual([MemoryCardCommand.cardType]) else { return StatusWord.wrongData.bytes }
        isSelected = true
        return StatusWord.success.bytes
    }

    private func perform(
        _ kind: MemoryCardCommand, _ command: CommandAPDU, _ reader: TwoWireDriver
    ) throws(MemoryCardError) -> [UInt8] {
        let address = Int(command.p2)
        let data = Array(command.data)
        switch kind {
        case .selectCardType: return StatusWord.success.bytes
        case .read:
            let count = min(command.expectedLength ?? 0, 256 - address)
            return try reader.readMain(address, count: count) + StatusWord.success.bytes
        case .readErrorCounter:
            return [try reader.readErrorCounter(), 0, 0, 0] + StatusWord.success.bytes
        case .readProtection:
            let bits = try reader.readProtection()
            let bytes = (0..<4).map { byte in
                (0..<8).reduce(UInt8(0)) { $0 | (bits[byte * 8 + $1] ? 0 : 1 << UInt8($1)) }
            }
            return bytes + StatusWord.success.bytes
        case .write, .updateBinary:
            try reader.writeMain(address, data)
            return StatusWord.success.bytes
        case .writeProtection:
            try reader.writeProtection(address, data)
            return StatusWord.success.bytes
        case .changeCode:
            guard data.count == 3 else { return StatusWord.wrongLength.bytes }
            try reader.writeCode(SecretBytes(copying: data))
            return StatusWord.success.bytes
        case .presentCode:
            guard data.count == 3 else { return StatusWord.wrongLength.bytes }
            return [0x90, try reader.spendTry(SecretBytes(copying: data))]
        }
    }
}
