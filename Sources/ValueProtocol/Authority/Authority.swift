/// A party that opens sessions with elements: the host, a master-key card, or a meter drawing on a card (protocol §1).
///
/// The four calls are the four steps of the handshake on the authority's side. Where the keys are stored is up to the
/// implementation: in a sealed file, a chip or a meter.
public protocol Authority: AnyObject {
    /// Begins a session under `key` with the element `eid`, ending the previous one.
    ///
    /// - Returns: `PID ‖ R1`, the data of INITIALIZE.
    func openSession(_ key: KeyName, with eid: PartyID) throws(SessionError) -> [UInt8]

    /// Checks the answer `EID ‖ NT ‖ R2 ‖ S2`.
    func authenticate(_ answer: ArraySlice<UInt8>) throws(SessionError)

    /// Seals a request: the plaintext C3; for PUT KEY and BIND without the keys, which the authority inserts.
    ///
    /// - Returns: `C3 ‖ S3`.
    func seal(_ op: OperationCode, _ request: [UInt8]) throws(SessionError) -> [UInt8]

    /// Verifies and decrypts `C4 ‖ S4`.
    ///
    /// - Returns: the plaintext C4.
    func unseal(_ sealed: ArraySlice<UInt8>) throws(SessionError) -> [UInt8]
}
