internal import ISO7816
internal import ValueProtocol

/// The master-key application: an authority on a chip (protocol §8). Custodians' commands are in `Custody.swift`, the
/// sessions with elements in `Sealing.swift`, letters in `LetterSigning.swift`.
final class MasterKeyApplication {
    let element: Element
    let environment: ElementEnvironment
    var image: MasterKeyImage
    var open: SealingSession?
    /// Of the letter that is being written.
    var letter: PartBuffer<LetterHead>?
    /// The custodians whose PINs were verified since SELECT or reset.
    var present: Set<UInt8> = []
    /// The custodian verified last.
    var lastPresent: UInt8?

    /// Whether the memory holds the image in the form of an older program.
    private var isOldForm: Bool

    init(_ element: Element, _ image: MasterKeyImage, _ environment: ElementEnvironment, isOldForm: Bool = false) {
        self.isOldForm = isOldForm
        self.element = element
        self.image = image
        self.environment = environment
        deriveOwnKeys()
    }

    var info: ElementInfo {
        ElementInfo(eid: element.image.eid, state: .issued, keys: image.keys.map(\.name))
    }

    /// Clears session and PIN verification, as SELECT and a reset do.
    func forget() {
        open = nil
        letter = nil
        present = []
        lastPresent = nil
    }

    func answer(_ command: CommandAPDU) throws(MemoryError) -> ResponseAPDU {
        do throws(Refusal) {
            let answer =
                switch (command.cla, command.ins) {
                case (0x00, 0x20): try verify(command)
                case (0x00, 0x24): try changePIN(command)
                case (0x00, 0x2C): try unblock(command)
                case (0x80, 0xD8): try loadComponent(command)
                case (0x80, 0xDA): try setRules(command)
                case (0x80, 0x60): try openSession(command)
                case (0x80, 0x62): try authenticate(command)
                case (0x80, 0x64): try seal(command)
                case (0x80, 0x66): try unseal(command)
                case (0x80, 0x68): try signLetter(command)
                case (0x00, 0xCA): try listKeys(command)
                default: throw Refusal.status(.instructionNotSupported)
                }
            return ResponseAPDU(data: answer, status: .success)
        } catch {
            switch error {
            case .status(let status): return ResponseAPDU(status: status)
            case .memory(let fault): throw fault
            }
        }
    }

    /// Why a command does not return `9000`.
    enum Refusal: Error {
        case status(StatusWord)
        case memory(MemoryError)
    }

    func require(_ condition: Bool, else status: StatusWord) throws(Refusal) {
        guard condition else { throw .status(status) }
    }

    /// Commits both images in one write.
    func commit(_ next: MasterKeyImage, _ change: (inout ElementImage) -> Void = { _ in }) throws(Refusal) {
        do {
            let changes =
                isOldForm ? MasterKeyRecords.rewritten(next) : MasterKeyRecords.changes(from: image, to: next)
            try element.update(also: changes, change)
        } catch {
            throw .memory(error)
        }
        image = next
        isOldForm = false
    }

    /// The element's own keys: derived from the master keys, except version 0, TRANSFER, and versions that it has
    /// erased.
    func deriveOwnKeys() {
        let least = element.image.minVersions
        let own = image.keys.filter { held in
            held.name.version > 0 && held.name.purpose != .transfer
                && !least.contains { $0.purpose == held.name.purpose && $0.version > held.name.version }
        }
        element.adopt(
            derived: own.map { held in
                StoredKey(
                    name: held.name, key: element.suite.elementKey(held.key, held.name, for: element.image.eid))
            })
    }

    private func listKeys(_ command: CommandAPDU) throws(Refusal) -> [UInt8] {
        try require(command.p1 == 0x01 && command.p2 == 0x00, else: .wrongParameters)
        try require(command.data.isEmpty, else: .wrongLength)
        var bytes: [UInt8] = []
        bytes.append(element.image.eid)
        for held in image.keys {
            bytes.append(held.name)
            bytes.append(element.suite.checkValue(of: held.key))
        }
        return bytes
    }
}
