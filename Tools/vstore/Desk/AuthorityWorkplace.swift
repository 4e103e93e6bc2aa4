import CardIO
import HeadEnd
import ISO7816
import Issuing
import ValueProtocol

/// A clerk's workplace: with the host's own keys, or with a master-key card's.
extension AuthorityOptions {
    /// The host, whose keys are needed where no master-key card is named.
    func openHost(_ common: ProgramOptions) throws -> HostContext {
        try .open(common.homeFolder, hostOptions, needsKeys: master == nil && masterReader == nil)
    }

    /// Lends a workplace to `body`, which runs on a thread that may block.
    func withWorkplace<Value: Sendable>(
        _ host: HostContext, _ card: CardLocation, _ common: ProgramOptions,
        _ body: sending @escaping (ClerkWorkplace) throws -> Value
    ) async throws -> Value {
        guard let master = try location(common) else {
            return try await card.withChannel { try body(try host.workplace(over: $0)) }
        }
        let (pin, custodian) = (try pin(), pinCustodian)
        return try await CardLocation.withCards([master, card]) { cards in
            let key = MasterKeyCard(cards[0].channel)
            try key.unlock(pin, of: custodian)
            return try body(try host.workplace(over: cards[1].channel, by: key))
        }
    }

    /// Lends the authority to `body`, which may use it from any thread.
    func withAuthority(
        _ host: HostContext, _ common: ProgramOptions, _ body: (any Authority) async throws -> Void
    ) async throws {
        guard let master = try location(common) else { return try await body(try host.authority()) }
        try await MasterKeyCardAuthority.lend(
            try pin(), of: pinCustodian,
            withCard: { lent in
                nonisolated(unsafe) let lent = lent
                try await master.withCardOnThread { try lent($0.channel) }
            }, body)
    }

    /// The authority's master keys; no PIN is needed for that.
    func masterKeys(_ host: HostContext, _ common: ProgramOptions) async throws -> [KeyDescriptor] {
        guard let master = try location(common) else { return try host.masterKeys() }
        return try await master.withChannel { channel in
            let card = MasterKeyCard(channel)
            try card.select()
            return try card.keys().map { KeyDescriptor($0.name, $0.checkValue) }
        }
    }

    private var pinCustodian: KeyCustodian { KeyCustodian(rawValue: custodian) ?? KeyCustodian.all[0] }
}

extension CardLocation {
    /// Lends the card to `body`, which runs on a thread of its own.
    fileprivate func withCardOnThread<Value: Sendable>(
        _ body: sending @escaping (OpenCard) throws -> Value
    ) async throws -> Value {
        nonisolated(unsafe) let body = body
        return try await CardLocation.withCards([self]) { try body($0[0]) }
    }
}
