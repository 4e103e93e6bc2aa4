import CardCrypto
import ContactInterface
import ISO7816

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
    /// Pulls the card at the level change with this number, counted from now.
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
