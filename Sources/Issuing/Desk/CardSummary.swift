public import ISO7816
public import ValueProtocol

/// What a card or meter reports without authentication: needs no key and proves nothing.
public struct CardSummary: Sendable, Hashable {
    public let element: ElementInfo
    /// Sessions so far.
    public let nt: UInt32
    /// Wrong signatures so far.
    public let wrongSignatures: UInt16
    /// For a master-key card, its float.
    public let purses: [PublicPurse]
    /// For a master-key card; otherwise nil.
    public let masterKeys: [KeyDescriptor]?

    /// Reads the element connected to `channel`.
    ///
    /// - Throws: `SessionError`, `CardError`, `MasterKeyError`.
    public init(over channel: any CardChannel) throws {
        let element = try ElementInfo.select(over: channel)
        self.element = element
        // GET DATA of the element: EID 8, NT 4, state 1, wrong signatures 2.
        let response = try channel.transmit(
            try CommandAPDU(cla: 0x00, ins: 0xCA, p1: 0x01, p2: 0x00, data: [], expectedLength: 256))
        guard response.status == .success else {
            throw SessionError(.refused, "GET DATA", status: response.status)
        }
        let own = Array(response.data)
        guard own.count == 15 else { throw SessionError(.malformedAnswer, "GET DATA of \(element.eid)") }
        nt = own[8..<12].reduce(0) { $0 << 8 | UInt32($1) }
        wrongSignatures = own[13..<15].reduce(0) { $0 << 8 | UInt16($1) }
        let isMaster = element.eid.kind == .masterKeyCard
        purses = try (isMaster ? [.float] : UtilityService.all).compactMap { try PublicPurse.read($0, over: channel) }
        if isMaster {
            let card = MasterKeyCard(channel)
            try card.select()
            masterKeys = try card.heldKeys().keys
        } else {
            masterKeys = nil
        }
    }
}
