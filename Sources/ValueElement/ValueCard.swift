public import CardCrypto
public import ISO7816
public import ValueProtocol

/// A card of this system as its reader sees it: the purse application and, on a master-key card, also the master-key
/// application, over one memory (protocol §4, §8).
///
/// `reset()` powers it up and reloads everything from the memory. After a power cut during a write it does not answer
/// until the next reset.
public final class ValueCard: IntegratedCircuitCard {
    /// T=1 alone; historical bytes: the application's name (ISO/IEC 7816-4, 12.1.1).
    public let answerToReset: [UInt8] = [
        0x3B, 0x89, 0x01, 0x80, 0x67, 0x56, 0x53, 0x74, 0x6F, 0x72, 0x65, 0x31, 0x57,
    ]

    /// What the card is called in errors.
    public let name: String
    private let memory: any NonVolatileMemory
    private let environment: ElementEnvironment
    private let suite: CipherSuite
    private var running: Running?
    /// Why the memory did not take what the last command changed, which 6581 answered; nil after any other answer.
    public private(set) var memoryFailure: MemoryError?

    private struct Running {
        let purse: PurseApplication
        let masterKey: MasterKeyApplication?
        var selected = ElementApplication.purse
    }

    /// Makes a card from the contents of `memory`; `reset()` starts it.
    ///
    /// - Throws: `CryptoError`.
    public init(
        _ memory: any NonVolatileMemory, name: String = "card", environment: ElementEnvironment = ElementEnvironment()
    ) throws(CryptoError) {
        self.memory = memory
        self.name = name
        self.environment = environment
        suite = try CipherSuite()
    }

    /// The element while the card is powered: a meter's other parts work with it.
    public var element: Element? { running?.purse.element }

    public func reset() throws(CardError) {
        running = nil
        do {
            let records = try memory.load()
            let element = try Element(records, in: memory, suite)
            var masterKey: MasterKeyApplication?
            if element.image.eid.kind == .masterKeyCard {
                guard let image = MasterKeyRecords.image(from: records) else {
                    throw MemoryError(.corrupt, "master-key application")
                }
                masterKey = MasterKeyApplication(
                    element, image, environment, isOldForm: MasterKeyRecords.areOld(records))
            }
            running = Running(purse: PurseApplication(element, environment), masterKey: masterKey)
        } catch {
            throw CardError(.cardUnresponsive, subject: name, cause: error)
        }
    }

    public func process(_ bytes: [UInt8]) throws(CardError) -> [UInt8] {
        memoryFailure = nil
        guard let running else { throw CardError(.cardUnresponsive, subject: name) }
        let command: CommandAPDU
        do {
            command = try CommandAPDU(bytes)
        } catch {
            return ResponseAPDU(status: .wrongLength).bytes
        }
        guard command.cla == 0x00 || command.cla == 0x80 else { return ResponseAPDU(status: .classNotSupported).bytes }
        do {
            if command.cla == 0x00, command.ins == 0xA4 { return select(command).bytes }
            if running.selected == .masterKey, let masterKey = running.masterKey {
                return try masterKey.answer(command).bytes
            }
            return try running.purse.answer(command).bytes
        } catch {
            guard error == MemoryError(.writeFailed, "") else {
                self.running = nil
                throw CardError(.cardUnresponsive, subject: name, cause: error)
            }
            memoryFailure = error
            return ResponseAPDU(status: .memoryFailure).bytes
        }
    }

    private func select(_ command: CommandAPDU) -> ResponseAPDU {
        guard let now = running else { return ResponseAPDU(status: .notFound) }
        now.purse.endSession()
        now.masterKey?.forget()
        guard command.p1 == 0x04, command.p2 == 0x00 else { return ResponseAPDU(status: .wrongParameters) }
        if command.data.elementsEqual(ElementApplication.purse.aid) {
            running?.selected = .purse
            return ResponseAPDU(data: now.purse.info.fci(of: .purse), status: .success)
        }
        if let masterKey = now.masterKey, command.data.elementsEqual(ElementApplication.masterKey.aid) {
            running?.selected = .masterKey
            return ResponseAPDU(data: masterKey.info.fci(of: .masterKey), status: .success)
        }
        return ResponseAPDU(status: .notFound)
    }
}

extension ValueCard {
    /// The records of a new card or meter that holds `image`.
    public static func records(_ image: ElementImage) -> [RecordName: [UInt8]] {
        records(ElementRecords.all(image))
    }

    /// The records of a new master-key card; its element is issued and has no keys of its own.
    package static func records(_ image: MasterKeyImage, element: ElementImage) -> [RecordName: [UInt8]] {
        records(ElementRecords.all(element) + MasterKeyRecords.changes(from: nil, to: image))
    }

    private static func records(_ changes: [RecordChange]) -> [RecordName: [UInt8]] {
        var records: [RecordName: [UInt8]] = [:]
        for change in changes { records[change.name] = change.content }
        return records
    }

    /// The records of a blank card or meter with its transport key (ADMIN 0, diversified).
    public static func blank(_ eid: PartyID, transportKey: Secret) -> [RecordName: [UInt8]] {
        records(ElementImage(blank: eid, transportKey: transportKey))
    }

    /// The records of a master-key card before its key ceremony.
    public static func blankMasterKeyCard(_ id: PartyID) -> [RecordName: [UInt8]] {
        var element = ElementImage(blank: id, transportKey: nil)
        element.state = .issued
        return records(MasterKeyImage(), element: element)
    }

    /// The images in `memory`, for display; a master-key card has both.
    ///
    /// - Throws: `MemoryError`.
    package static func images(
        in memory: any NonVolatileMemory
    ) throws(MemoryError) -> (element: ElementImage, masterKey: MasterKeyImage?) {
        let records = try memory.load()
        guard let element = ElementRecords.image(from: records) else { throw MemoryError(.corrupt, "element") }
        return (element, MasterKeyRecords.image(from: records))
    }
}
