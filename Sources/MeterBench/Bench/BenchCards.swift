import CardCrypto
public import ContactInterface
public import ISO7816
public import Meter

/// The card slot's own contacts: eight after ISO/IEC 7816-2, into which emulated cards are put. Every character of a
/// command goes over them, by T=0 or T=1.
public final class BenchCards {
    /// Finds an emulated card by what an operator calls it, and what it is called in errors.
    public typealias Opener = (_ name: String) throws -> (name: String, card: any IntegratedCircuitCard)
    /// Puts itself before a card that has power.
    public typealias Wrapper = (_ channel: ContactSlot, _ name: String) -> any CardChannel

    /// Of the card that is meant where none is named.
    private let file: String?
    private let open: Opener
    private let wrap: Wrapper
    private let port = ContactPort(name: "card slot")
    /// What the card that is in is called.
    private var name = ""
    private var slot: ContactSlot?

    /// - Parameters:
    ///   - file: of the card that is meant where none is named.
    ///   - open: finds a card by its name.
    ///   - wrap: is put before a card that has power: it traces what goes over the contacts.
    public init(file: String? = nil, open: @escaping Opener, wrap: @escaping Wrapper = { slot, _ in slot }) {
        self.file = file
        self.open = open
        self.wrap = wrap
    }

    /// Puts a card in: the one of a name, or a fresh memory card by the name of its kind.
    ///
    /// - Parameter file: the one named at the start unless given.
    /// - Throws: `BenchError` `.noCardNamed`, or what opening the card throws.
    public func insert(_ file: String?) throws {
        guard let name = file ?? self.file else { throw BenchError(.noCardNamed, port.name) }
        self.name = name
        if let memory = BenchCards.memoryCard(name) {
            port.insert(memory)
        } else {
            let found = try open(name)
            self.name = found.name
            port.insert(try AsynchronousCard(found.card))
        }
    }

    private static func memoryCard(_ name: String) -> (any ContactCard)? {
        if name == "sle4442" { return TwoWireCard(code: Secret(copying: [0xFF, 0xFF, 0xFF])) }
        return I2CMemoryKind.all.first { $0.description.lowercased() == name }.map { I2CMemoryCard($0) }
    }

    /// Gives the card power and resets it.
    ///
    /// - Returns: nil where none is in.
    /// - Throws: `MeterError` `.notACard` for a memory card, and where there is no way to speak with it.
    public func activate() throws(MeterError) -> (any CardChannel)? {
        guard port.isCardPresent else { return nil }
        let found: DetectedCard
        do throws(CardError) {
            found = try port.detectCard()
        } catch {
            throw MeterError(.notACard, name, cause: error)
        }
        guard case .asynchronous(let slot) = found else { throw MeterError(.notACard, "\(name), a memory card") }
        self.slot = slot
        return EnvelopeChannel(GetResponseChannel(wrap(slot, name)))
    }

    /// Takes the card's power: that of the meter has gone.
    public func deactivate() {
        slot?.deactivate()
        slot = nil
    }

    /// Pulls the card out.
    public func remove() {
        port.remove()
        slot = nil
    }

    public var isCardIn: Bool { port.isCardPresent }

    /// How slot and card speak with each other; nil without a card that has power.
    public var interface: CardInterface? {
        guard let parameters = slot?.parameters, let supply = slot?.operatingClass else { return nil }
        return CardInterface(protocolNumber: Int(parameters.protocolNumber), millivolts: supply.millivolts)
    }
}
