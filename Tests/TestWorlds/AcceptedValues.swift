package import CardCrypto
package import ValueProtocol

/// The values of an operation's fields that an element accepts: each one's default, for its gas purse in euros.
package struct AcceptedValues: ExampleValues {
    package let eid: PartyID
    private let keys: @Sendable (KeyName) -> Secret

    /// - Parameters:
    ///   - eid: an element with a gas purse in euros.
    ///   - keys: the element's keys, by name.
    package init(for eid: PartyID, keys: @escaping @Sendable (KeyName) -> Secret) {
        self.eid = eid
        self.keys = keys
    }

    package func number(below limit: Int, default usual: Int) -> Int { usual }
    package func bytes(upTo count: Int, default usual: [UInt8]) -> [UInt8] { usual }
    package func transaction() -> HostTransaction { HostTransaction(rawValue: 100) }
    package func creditedNT() -> UInt32 { 0 }
    package func service() -> UtilityService { .gas }
    package func currency() -> Currency { .euro }
    package func amount(default usual: UInt64) -> Amount { Amount(rawValue: usual) }
    package func time(default usual: UInt32) -> Timestamp { Timestamp(rawValue: usual) }
    package func meter() -> PartyID { .none }
    package func key(_ name: KeyName) -> Secret { keys(name) }
    package func cardToMeterKey(_ version: UInt8) -> Secret { keys(KeyName(.transfer, version)) }
}

extension OperationCode {
    /// An operation's plaintext C3 with values that `eid` accepts.
    package func acceptedPlaintext(
        for eid: PartyID, keys: @escaping @Sendable (KeyName) -> Secret, _ suite: CipherSuite
    ) -> [UInt8] {
        var values = AcceptedValues(for: eid, keys: keys)
        guard let plaintext = type.examplePlaintext(&values, suite) else {
            preconditionFailure("no example of \(self)")
        }
        return plaintext
    }

    /// What a master-key card is asked to seal for `eid`.
    package func acceptedRequest(for eid: PartyID, keys: @escaping @Sendable (KeyName) -> Secret) -> [UInt8] {
        var values = AcceptedValues(for: eid, keys: keys)
        guard let request = type.exampleRequest(&values) else { preconditionFailure("no example of \(self)") }
        return request
    }
}
