import ArgumentParser
import ISO7816
import Issuing
import ValueProtocol

struct CardInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show what a card tells of itself: identifier, state, keys, purses.",
        discussion: """
            This asks for no key and proves nothing: it is for people to look at. Of a master-key card its keys are \
            shown with their check values.
            """)

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: CardOptions

    mutating func run() async throws {
        let face = try await card.place(common).withChannel { try CardFace(over: $0) }
        common.console.give(face.json, face.lines)
    }
}

/// What a card tells everybody.
struct CardFace: Sendable {
    let element: ElementInfo
    let nt: UInt32
    let wrongSignatures: UInt16
    let purses: [PublicPurse]
    /// Of a master-key card.
    let masterKeys: [KeyDescriptor]?

    /// - Throws: `SessionError`, `CardError`, `MasterKeyError`.
    init(over channel: any CardChannel) throws {
        let element = try ElementInfo.select(over: channel)
        self.element = element
        let own = try CardFace.data(0x00, over: channel)
        guard let own, own.count == 15 else { throw SessionError(.malformedAnswer, "GET DATA of \(element.eid)") }
        nt = UInt32(CardFace.number(own[8..<12]))
        wrongSignatures = UInt16(CardFace.number(own[13..<15]))
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

    /// The answer to GET DATA; nil where there is no such purse.
    private static func data(_ p2: UInt8, over channel: any CardChannel) throws -> [UInt8]? {
        let response = try channel.transmit(
            try CommandAPDU(cla: 0x00, ins: 0xCA, p1: 0x01, p2: p2, data: [], expectedLength: 256))
        switch response.status {
        case .success: return Array(response.data)
        case .referencedDataNotFound: return nil
        default: throw SessionError(.refused, "GET DATA", status: response.status)
        }
    }

    static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
