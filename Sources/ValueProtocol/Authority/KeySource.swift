public import CardCrypto

/// Where an authority in software finds the keys for elements.
public protocol KeySource: AnyObject {
    /// The key of `name` of the element `eid`; nil where there is none.
    func elementKey(_ name: KeyName, of eid: PartyID, _ suite: CipherSuite) -> Secret?

    /// The card-to-meter key Kx of the pair, for BIND; nil where there is none.
    func cardToMeterKey(version: UInt8, meter: PartyID, card: PartyID, _ suite: CipherSuite) -> Secret?
}

/// What an authority remembers of the elements it has met, so that neither a copy of an older state nor an old key
/// passes (protocol §2, §3).
public protocol ElementRegister: AnyObject {
    /// The highest NT seen from `eid`; nil where it was never met.
    func lastNT(of eid: PartyID) throws(SessionError) -> UInt32?

    /// The highest version of `purpose` that has shown a good S2, or was put; nil where there was none.
    func highestVersion(of purpose: Purpose, for eid: PartyID) throws(SessionError) -> UInt8?

    /// Whether `eid` was ever issued: its transport key is then refused.
    func wasIssued(_ eid: PartyID) throws(SessionError) -> Bool

    /// Writes down a good S2.
    func noteGenuine(_ identity: SessionIdentity) throws(SessionError)

    /// Writes down keys that an element has taken.
    func notePut(_ keys: [KeyName], to eid: PartyID) throws(SessionError)

    /// Writes down that an element was issued.
    func noteIssued(_ eid: PartyID) throws(SessionError)
}
