import ContactInterface
import ISO7816
import Meter
import ValueElement

/// The card slot of a running meter: eight contacts after ISO/IEC 7816-2, into which emulated cards are put. Every character
/// of a command goes over them, by T=0 or T=1.
final class BenchCards {
    /// A bare name of a file is looked for there.
    private let home: Home
    /// The file named at the start.
    private let file: String?
    private let tracer: Tracer?
    private let port = ContactPort(name: "card slot")
    /// What the card that is in is called.
    private var name = ""
    private var slot: ContactSlot?

    /// - Parameters:
    ///   - home: where bare names are looked for.
    ///   - file: of the card that is meant where none is named.
    ///   - tracer: is told what goes over the contacts.
    init(home: Home, file: String?, tracer: Tracer?) {
        self.home = home
        self.file = file
        self.tracer = tracer
    }

    /// Puts a card in: the one of a file, or a fresh memory card by the name of its kind.
    ///
    /// - Parameter file: the one named at the start unless given.
    /// - Throws: `MemoryError`, `CardError`, `Failure` where none is named.
    func insert(_ file: String?) throws {
        guard let name = file ?? self.file else {
            throw Failure(.usage, "No card is named. Start with --card FILE, or write card in FILE.")
        }
        self.name = name
        if let memory = BenchCards.memoryCard(name) {
            port.insert(memory)
        } else {
            self.name = try home.card(name)
            port.insert(try AsynchronousCard(try EmulatedCard.open(self.name)))
        }
    }

    private static func memoryCard(_ name: String) -> (any ContactCard)? {
        if name == "sle4442" { return TwoWireCard(code: SecretBytes(copying: [0xFF, 0xFF, 0xFF])) }
        return I2CMemoryKind.all.first { $0.description.lowercased() == name }.map { I2CMemoryCard($0) }
    }

    /// Gives the card power and resets it.
    ///
    /// - Returns: nil where none is in.
    /// - Throws: `MeterError` `.notACard` for a memory card, and where there is no way to speak with it.
    func activate() throws(MeterError) -> (any CardChannel)? {
        guard port.isCardPresent else { return nil }
        let found: DetectedCard
        do throws(CardError) {
            found = try port.detectCard()
        } catch {
            throw MeterError(.notACard, name, cause: error)
        }
        guard case .asynchronous(let slot) = found else { throw MeterError(.notACard, "\(name), a memory card") }
        self.slot = slot
        let traced = tracer?.trace(slot, name: name, answerToReset: slot.answerToReset?.bytes ?? []) ?? slot
        return EnvelopeChannel(GetResponseChannel(traced))
    }

    /// Takes the card's power: that of the meter has gone.
    func deactivate() {
        slot?.deactivate()
        slot = nil
    }

    /// Pulls the card out.
    func remove() {
        port.remove()
        slot = nil
    }

    var isCardIn: Bool { port.isCardPresent }

    /// How it speaks with the card; nil without one.
    var summary: String? {
        guard let parameters = slot?.parameters, let supply = slot?.operatingClass else { return nil }
        return "T=\(parameters.protocolNumber) at \(MeterFace.fixed(Double(supply.millivolts) / 1000, 1)) V"
    }
}
