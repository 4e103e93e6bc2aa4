import ArgumentParser
import CardCrypto
import CardIO
import GlobalPlatform
import ISO7816

/// Which card, and which of its security domains.
struct GPCardOptions: ParsableArguments {
    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "The reader: its name, its number in the list, or a part of its name.",
            discussion: "Else $VSTORE_READER, the setting, or the only one that holds a card.", valueName: "reader"),
        completion: ReaderCompletion.kind)
    var reader: String?

    @Flag(name: .long, help: "An emulated card with the test key, which is forgotten afterwards.")
    var emulated = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The security domain, in hexadecimal digits.", discussion: "The issuer's by default.",
            valueName: "aid"))
    var securityDomain: String?

    func validate() throws {
        if reader != nil, emulated { throw ValidationError("Give --reader or --emulated, not both.") }
        _ = try aid()
    }

    func aid() throws -> [UInt8] {
        guard let securityDomain else { return [] }
        guard let aid = [UInt8](hexadecimalDigits: securityDomain), (5...16).contains(aid.count) else {
            throw ValidationError("'\(securityDomain)' is not an AID. Write 5 to 16 bytes in hexadecimal digits.")
        }
        return aid
    }

    /// Lends a channel to the card, its security domain selected.
    ///
    /// What is unusual about the security domain is said on standard error: the card is locked, or the issuer's domain is
    /// not where it is expected.
    ///
    /// - Parameters:
    ///   - cipher: of the emulated card's keys.
    ///   - isS16: whether the emulated card is in S16 mode.
    func withCard<Value: Sendable>(
        _ common: ProgramOptions, cipher: BlockCipher = .aes, isS16: Bool = false,
        _ body: sending @escaping (any CardChannel, SelectedSecurityDomain) throws -> Value
    ) async throws -> Value {
        let aid = try aid()
        let console = common.console
        let tracer = try common.tracer()
        guard emulated else {
            return try await CardLocation(ReaderSource(.chosen(reader)), tracer: tracer).withCard {
                card in
                let channel = card.channel
                return try body(channel, try Self.select(aid, channel, console))
            }
        }
        let name = "emulated card"
        let card = try InProcessChannel(
            SecurityDomainCard(try KeySet.test(cipher), parameter: isS16 ? 0x71 : 0x70), name: name)
        let channel: any CardChannel = tracer?.trace(card, name: name) ?? card
        return try body(channel, try Self.select(aid, channel, console))
    }

    private static func select(
        _ aid: [UInt8], _ channel: any CardChannel, _ console: Console
    ) throws -> SelectedSecurityDomain {
        let domain = aid.isEmpty ? try channel.selectIssuerSecurityDomain() : try channel.selectSecurityDomain(aid)
        for line in domain.notices { console.notice(line) }
        return domain
    }
}
