public import CardCrypto

/// Where a software authority finds the keys of elements.
public protocol KeySource: AnyObject {
    /// The key `name` of the element `eid`; nil if there is none.
    func elementKey(_ name: KeyName, of eid: PartyID, _ suite: CipherSuite) -> Secret?

    /// The card-to-meter key Kx of the pair, for BIND; nil if there is none.
    func cardToMeterKey(version: UInt8, meter: PartyID, card: PartyID, _ suite: CipherSuite) -> Secret?
}

/// What an authority remembers of the elements it has contacted, so that it detects a restored older state and an old
/// key (protocol §2, §3).
public protocol ElementRegister: AnyObject {
    /// The highest NT seen from `eid`; nil if it was never contacted.
    func lastNT(of eid: PartyID) throws(SessionError) -> UInt32?

    /// The highest version of `purpose` that has given a valid S2 or was loaded by PUT KEY; nil if there was none.
    func highestVersion(of purpose: Purpose, for eid: PartyID) throws(SessionError) -> UInt8?

    /// Whether `eid` was ever issued: if so, its transport key is refused.
    func wasIssued(_ eid: PartyID) throws(SessionError) -> Bool

    /// Records a valid S2.
    func recordGenuine(_ identity: SessionIdentity) throws(SessionError)

    /// Records keys that an element has accepted.
    func recordLoadedKeys(_ keys: [KeyName], to eid: PartyID) throws(SessionError)

    /// Records that an element was issued.
    func recordIssued(_ eid: PartyID) throws(SessionError)
}
