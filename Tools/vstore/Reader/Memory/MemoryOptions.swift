import ArgumentParser
import CardCrypto
import CardIO
import ContactInterface
import ISO7816

/// Which memory card, and of which kind.
struct MemoryOptions: ParsableArguments {
    /// A kind of memory card.
    enum Kind: Sendable {
        case secured
        case plain(I2CMemoryKind)

        var name: String {
            switch self {
            case .secured: "SLE4442"
            case .plain(let kind): kind.description
            }
        }

        var capacity: Int {
            switch self {
            case .secured: 256
            case .plain(let kind): kind.capacity
            }
        }

        static let names = ["sle4442"] + I2CMemoryKind.all.map { $0.description.lowercased() }

        static func argument(_ text: String) throws -> Kind {
            if text.lowercased() == "sle4442" { return .secured }
            guard let kind = I2CMemoryKind.all.first(where: { $0.description.lowercased() == text.lowercased() }) else {
                throw ValidationError(
                    "'\(text)' is not a kind of memory card. Write one of: \(names.joined(separator: ", ")).")
            }
            return .plain(kind)
        }
    }

    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "The reader: its name, its number in the list, or a part of its name.",
            discussion: "Else $VSTORE_READER, the setting, or the only one that holds a card.", valueName: "reader"),
        completion: ReaderCompletion.kind)
    var reader: String?

    @Flag(name: .long, help: "An emulated card with the code FFFFFF, which is forgotten afterwards.")
    var emulated = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Which card it is: sle4442 (and 4432, 5532, 5542), or at24c01 to at24c1024.", valueName: "kind"),
        completion: .list(Kind.names), transform: Kind.argument)
    var kind: Kind = .secured

    func validate() throws {
        if reader != nil, emulated { throw ValidationError("Give --reader or --emulated, not both.") }
    }

    var hasCode: Bool { if case .secured = kind { true } else { false } }

    /// - Throws: `ValidationError` where the kind has no code.
    func requireCode() throws {
        guard hasCode else { throw ValidationError("\(kind.name) has no code and protects nothing.") }
    }

    /// - Throws: `ValidationError` where the card has no such addresses.
    func check(_ address: Int, _ count: Int) throws {
        guard address >= 0, count >= 0, address <= kind.capacity, count <= kind.capacity - address else {
            throw ValidationError("\(kind.name) has \(kind.capacity) bytes: \(count) at address \(address) are beyond.")
        }
    }

    /// Lends the card to `body`, while no other program can use it.
    func withCard<Value: Sendable>(
        _ common: ProgramOptions, _ body: sending @escaping (PlacedMemory) throws -> Value
    ) async throws -> Value {
        let (kind, tracer) = (kind, try common.tracer())
        guard emulated else {
            return try await CardLocation(ReaderSource(.chosen(reader)), tracer: tracer).withCard {
                try body(try PlacedMemory(kind, over: $0.channel, answerToReset: $0.answerToReset))
            }
        }
        let port = ContactPort(name: "emulated card")
        switch kind {
        case .secured: port.insert(TwoWireCard(code: Secret(copying: [0xFF, 0xFF, 0xFF])))
        case .plain(let kind): port.insert(I2CMemoryCard(kind))
        }
        let emulated = try MemoryCardReader(port)
        let card = try InProcessChannel(emulated, name: port.name)
        let channel: any CardChannel = tracer?.trace(card, name: port.name) ?? card
        return try body(try PlacedMemory(kind, over: channel, answerToReset: emulated.answerToReset))
    }
}

/// A connected memory card.
struct PlacedMemory {
    let answerToReset: [UInt8]
    private let card: Card

    private enum Card {
        case secured(RemoteMemoryCard)
        case plain(RemoteI2CMemory)
    }

    init(_ kind: MemoryOptions.Kind, over channel: any CardChannel, answerToReset: [UInt8]) throws {
        self.answerToReset = answerToReset
        switch kind {
        case .secured: card = .secured(try RemoteMemoryCard(over: channel))
        case .plain(let kind): card = .plain(try RemoteI2CMemory(over: channel, kind))
        }
    }

    /// Nil where the kind has no code.
    var secured: RemoteMemoryCard? {
        if case .secured(let card) = card { card } else { nil }
    }

    func read(_ address: Int, count: Int) throws -> [UInt8] {
        switch card {
        case .secured(let card): try card.readMain(address, count: count)
        case .plain(let card): try card.read(address, count: count)
        }
    }

    /// - Throws: `Failure` with `.inDoubt` where the card was lost meanwhile.
    func update(_ address: Int, _ bytes: [UInt8]) throws {
        do throws(MemoryCardError) {
            switch card {
            case .secured(let card): try card.update(address, bytes)
            case .plain(let card): try card.update(address, bytes)
            }
        } catch {
            throw Self.settled(error)
        }
    }

    /// After a write without an answer it is unknown how much was done.
    static func settled(_ error: MemoryCardError) -> any Error {
        guard error.code == .noAnswer else { return error }
        return Failure(.inDoubt, "\(error). Read the card to see what it took.")
    }
}
