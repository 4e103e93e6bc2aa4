/// Who opens sessions with elements: the host, a master-key card, a meter drawing on a card (protocol §1).
///
/// The four calls are the four steps of the handshake as the authority sees them. Where the keys are is its own affair:
/// in a sealed file, in a chip, in a meter.
public protocol Authority: AnyObject {
    /// Begins a session under `key` with the element `eid`, ending the one before.
    ///
    /// - Returns: `PID ‖ R1`, the data of INITIALIZE.
    func openSession(_ key: KeyName, with eid: PartyID) throws(SessionError) -> [UInt8]

    /// Takes `EID ‖ NT ‖ R2 ‖ S2` and checks it.
    func authenticate(_ answer: ArraySlice<UInt8>) throws(SessionError)

    /// Seals a request: the plaintext C3, of PUT KEY and BIND without the keys, which the authority puts in.
    ///
    /// - Returns: `C3 ‖ S3`.
    func seal(_ op: OperationCode, _ request: [UInt8]) throws(SessionError) -> [UInt8]

    /// Checks and opens `C4 ‖ S4`.
    ///
    /// - Returns: the plaintext C4.
    func unseal(_ sealed: ArraySlice<UInt8>) throws(SessionError) -> [UInt8]
}
