import CardCrypto
import ContactInterface
import ISO7816

/// The same numbers for the same seed (SplitMix64).
struct PortGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// An SLE 4442 in a port, with code 12 34 56.
struct TwoWireBench {
    static let rightCode: [UInt8] = [0x12, 0x34, 0x56]
    static let wrongCode: [UInt8] = [0x12, 0x34, 0x57]

    let card: TwoWireCard
    let port = ContactPort()

    init(errorCounter: UInt8 = 7) {
        card = TwoWireCard(
            main: TwoWireCard.factoryBytes + (4..<64).map { UInt8($0) }, code: Secret(copying: Self.rightCode),
            errorCounter: errorCounter)
        port.insert(card)
    }

    /// Over the contacts, or through a reader's pseudo-APDUs.
    func memory(remote: Bool) throws -> SecuredMemory {
        guard remote else { return try TwoWireReader(port) }
        return try RemoteMemoryCard(over: try InProcessChannel(try MemoryCardReader(port)))
    }
}

extension SecuredMemory {
    func presentRightCode() throws { try present(Secret(copying: TwoWireBench.rightCode)) }
}

extension ContactPort {
    /// Takes the card out at the change of a contact's level with this number, counted from now.
    func pullCard(atChange number: Int) {
        var count = 0
        observer = { [unowned self] _, _, _ in
            count += 1
            if count == number { remove() }
        }
    }

    /// How many levels `body` changes.
    func changes(_ body: () throws -> Void) rethrows -> Int {
        var count = 0
        observer = { _, _, _ in count += 1 }
        defer { observer = nil }
        try body()
        return count
    }
}
