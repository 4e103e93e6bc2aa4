public import CardCrypto
public import Records
public import ValueProtocol

/// Master keys in this program's memory, from an opened `SealedKeyFile`.
///
/// It diversifies them for each element, and a meter's card-to-meter key from the meter's own (protocol §2).
public final class HostKeys {
    /// The host's own identifier.
    public let pid: PartyID
    /// Signs the record file's audit trail; 32 bytes.
    public let auditKey: Secret
    private(set) var masters: [KeyName: Secret] = [:]

    /// Begins a store without master keys, with a new audit key.
    ///
    /// - Throws: `HostError` `.cipherFailed`.
    public convenience init(pid: PartyID) throws(HostError) {
        self.init(pid: pid, auditKey: try withCrypto { () throws(CryptoError) in try SystemRandomness.key(32) })
    }

    package init(pid: PartyID, auditKey: Secret) {
        self.pid = pid
        self.auditKey = auditKey
    }

    /// Stores `master`, 16 bytes, under `name`, replacing any previous key of that name.
    public func hold(_ master: Secret, as name: KeyName) {
        precondition(master.count == 16, "a master key has 16 bytes")
        masters[name] = master
    }

    /// Removes the master key `name`, if it is held.
    public func remove(_ name: KeyName) { masters[name] = nil }

    /// The names of the master keys held, ascending.
    public var names: [KeyName] { masters.keys.sorted() }
}

extension HostKeys: KeySource {
    public func elementKey(_ name: KeyName, of eid: PartyID, _ suite: CipherSuite) -> Secret? {
        masters[name].map { suite.elementKey($0, name, for: eid) }
    }

    public func cardToMeterKey(version: UInt8, meter: PartyID, card: PartyID, _ suite: CipherSuite) -> Secret? {
        elementKey(KeyName(.transfer, version), of: meter, suite).map {
            suite.cardToMeterKey($0, version: version, card: card)
        }
    }
}

extension HostKeys: KeyStore {
    public func authority(register: any ElementRegister) throws(SessionError) -> any Authority {
        SoftwareAuthority(
            pid: pid, keys: self, register: register, randomness: SystemRandomness(), suite: try suite())
    }

    public func keys() throws(SessionError) -> [(name: KeyName, checkValue: KeyCheckValue)] {
        let suite = try suite()
        return names.compactMap { name in masters[name].map { (name, suite.checkValue(of: $0)) } }
    }

    private func suite() throws(SessionError) -> CipherSuite {
        do {
            return try CipherSuite()
        } catch {
            throw SessionError(.authorityFailed, "\(pid)", cause: error)
        }
    }
}
