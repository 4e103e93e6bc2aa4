/// What a reader's end of T=1 does beyond what the card's answer to reset lays down.
public struct T1Settings: Sendable, Hashable {
    /// NAD of every block: the reader in the low half, the card in the high (ISO/IEC 7816-3, 11.3.2.1). A line carries
    /// one pair of nodes: numbers, IFS and chains would have to be kept for each, and one card is one node.
    public var nodeAddress: UInt8
    /// IFSD, which is told to the card before the first command: 1 to 254; nil leaves it at 32, for cards that cannot
    /// take the telling.
    public var informationFieldSize: UInt8?
    /// How often a block is tried, the first time included, before it is given up (11.6.3.2).
    public var attempts: Int
    /// How often resynchronization is tried before the card is given up.
    public var resynchronizations: Int
    /// How many clock periods one command may take, whatever extensions the card asks for.
    public var patience: Int
    /// The most bytes of an answer; a chain that brings more is aborted.
    public var greatestAnswer: Int

    /// - Parameters:
    ///   - nodeAddress: 00 where nodes are not told apart.
    ///   - informationFieldSize: IFSD.
    ///   - attempts: three, as the standard has it.
    ///   - resynchronizations: three, as the standard has it.
    ///   - patience: ten minutes at 4 MHz.
    ///   - greatestAnswer: 65,538, of a response APDU.
    public init(
        nodeAddress: UInt8 = 0, informationFieldSize: UInt8? = 254, attempts: Int = 3, resynchronizations: Int = 3,
        patience: Int = 2_400_000_000, greatestAnswer: Int = 65_538
    ) {
        self.nodeAddress = nodeAddress
        self.informationFieldSize = informationFieldSize.map { min(max($0, 1), 254) }
        self.attempts = max(attempts, 1)
        self.resynchronizations = max(resynchronizations, 1)
        self.patience = patience
        self.greatestAnswer = greatestAnswer
    }

    /// Whether the bits that were the programming voltage are zero, and the nodes differ unless both are 0.
    var hasUsableNodes: Bool {
        nodeAddress & 0x88 == 0 && (nodeAddress == 0 || nodeAddress >> 4 != nodeAddress & 0x0F)
    }

    /// NAD as the card sends it: the halves change places.
    var answeringAddress: UInt8 { nodeAddress << 4 | nodeAddress >> 4 }
}
