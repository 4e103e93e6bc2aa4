public import ContactInterface
public import ISO7816
public import Meter

/// The card slot's own contacts: eight contacts of ISO/IEC 7816-2, into which emulated cards are inserted. Every
/// character of a command goes over them, by T=0 or T=1.
public final class BenchCards {
    /// Finds an emulated card by the operator's name for it, and gives its name in errors.
    public typealias Opener = (_ name: String) throws -> (name: String, card: any IntegratedCircuitCard)
    /// Wraps the channel to a powered card.
    public typealias Wrapper = (_ channel: ContactSlot, _ name: String) -> any CardChannel

    /// The default card, used if none is named.
    private let file: String?
    private let open: Opener
    private let wrap: Wrapper
    private let port = ContactPort(name: "card slot")
    /// The name of the inserted card.
    private var name = ""
    private var slot: ContactSlot?

    /// - Parameters:
    ///   - file: of the default card, used if none is named.
    ///   - open: finds a card by its name.
    ///   - wrap: wraps the channel to a powered card, to trace what goes over the contacts.
    public init(file: String? = nil, open: @escaping Opener, wrap: @escaping Wrapper = { slot, _ in slot }) {
        self.file = file
        self.open = open
        self.wrap = wrap
    }

    /// Inserts a card: the one named, or a new memory card for `sle4442` and `at24c01` to `at24c1024`.
    ///
    /// - Parameter file: the default card if nil.
    /// - Throws: `BenchError` `.noCardNamed`, or what opening the card throws.
    public func insert(_ file: String?) throws {
        guard let name = file ?? self.file else { throw BenchError(.noCardNamed, port.name) }
        self.name = name
        if let memory = BenchMemoryCard(rawValue: name) {
            port.insert(memory.card)
        } else {
            let found = try open(name)
            self.name = found.name
            port.insert(try AsynchronousCard(found.card))
        }
    }

    /// Powers up and resets the card.
    ///
    /// - Returns: nil if none is inserted.
    /// - Throws: `MeterError` `.notACard` for a memory card, or if communication is not possible.
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

    /// Powers down the card: the meter has lost power.
    public func deactivate() {
        slot?.deactivate()
        slot = nil
    }

    /// Removes the card.
    public func remove() {
        port.remove()
        slot = nil
    }

    var isCardIn: Bool { port.isCardPresent }

    /// The transmission interface of slot and card; nil without a powered card.
    public var interface: CardInterface? {
        guard let parameters = slot?.parameters, let supply = slot?.operatingClass else { return nil }
        return CardInterface(protocolNumber: Int(parameters.protocolNumber), millivolts: supply.millivolts)
    }
}
