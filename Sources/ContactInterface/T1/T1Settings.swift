/// Settings of the reader's T=1 beyond the card's answer to reset.
public struct T1Settings: Sendable, Hashable {
    /// NAD of every block: the reader in the low half, the card in the high (ISO/IEC 7816-3, 11.3.2.1). A line has one
    /// pair of nodes: each pair would need its own sequence numbers, IFS and chains, and a card is one node.
    public var nodeAddress: UInt8
    /// IFSD, which is announced to the card before the first command: 1 to 254; nil leaves it at 32, for cards that do
    /// not support S(IFS request).
    public var informationFieldSize: UInt8?
    /// How often a block is tried, including the first time, before giving up (11.6.3.2).
    public var attempts: Int
    /// How often resynchronization is tried before giving up on the card.
    public var resynchronizations: Int
    /// Maximum clock periods per command, whatever extensions the card requests.
    public var timeout: Int
    /// Maximum number of bytes of an answer; a longer chain is aborted.
    public var maxAnswerLength: Int

    /// - Parameters:
    ///   - nodeAddress: 00 where node addresses are not used.
    ///   - informationFieldSize: IFSD.
    ///   - attempts: three, as in the standard.
    ///   - resynchronizations: three, as in the standard.
    ///   - timeout: ten minutes at 4 MHz.
    ///   - maxAnswerLength: 65,538, the maximum of a response APDU.
    public init(
        nodeAddress: UInt8 = 0, informationFieldSize: UInt8? = 254, attempts: Int = 3, resynchronizations: Int = 3,
        timeout: Int = 2_400_000_000, maxAnswerLength: Int = 65_538
    ) {
        self.nodeAddress = nodeAddress
        self.informationFieldSize = informationFieldSize.map { min(max($0, 1), 254) }
        self.attempts = max(attempts, 1)
        self.resynchronizations = max(resynchronizations, 1)
        self.timeout = timeout
        self.maxAnswerLength = maxAnswerLength
    }

    /// Whether the former programming voltage bits are zero, and the nodes differ unless both are 0.
    var hasUsableNodes: Bool {
        nodeAddress & 0x88 == 0 && (nodeAddress == 0 || nodeAddress >> 4 != nodeAddress & 0x0F)
    }

    /// NAD as the card sends it: nibbles swapped.
    var answeringAddress: UInt8 { nodeAddress << 4 | nodeAddress >> 4 }
}
