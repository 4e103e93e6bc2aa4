public import ISO7816
public import ValueProtocol

extension MasterKeyCard {
    /// Selects the card and verifies a custodian's PIN.
    ///
    /// - Throws: `MasterKeyError` as `select` and `verify`.
    public func unlock(_ pin: PIN, of custodian: KeyCustodian) throws(MasterKeyError) {
        try select()
        try verify(pin, of: custodian)
    }
}

extension MasterKeyCardAuthority {
    /// Lends the authority of a master-key card while `body` runs, which may use it from any thread.
    ///
    /// The card is held on its own thread, and a ``ChannelRelay`` carries the commands to it. The PIN is verified once
    /// before `body` begins; `body` does not run if it is wrong.
    ///
    /// - Parameters:
    ///   - pin: the custodian's.
    ///   - custodian: who gives it.
    ///   - withCard: holds the card, and lends a channel to it to a body that blocks.
    ///   - body: uses the authority.
    /// - Throws: `MasterKeyError`; what `withCard` or `body` threw; the card's error if both failed.
    public static func lend<Value: Sendable>(
        _ pin: PIN, of custodian: KeyCustodian,
        withCard: @Sendable (sending @escaping (any CardChannel) throws -> Void) async throws -> Void,
        _ body: (any Authority) async throws -> Value
    ) async throws -> Value {
        try await withCard { try MasterKeyCard($0).unlock(pin, of: custodian) }
        let relay = ChannelRelay()
        async let served: Void = withCard { channel in
            do {
                try MasterKeyCard(channel).unlock(pin, of: custodian)
            } catch {
                relay.close()
                throw error
            }
            relay.serve(channel)
        }
        let value: Value
        do {
            value = try await body(MasterKeyCardAuthority(relay))
        } catch {
            relay.close()
            // The card's own error says more than that of a closed relay.
            try await served
            throw error
        }
        relay.close()
        try await served
        return value
    }
}
