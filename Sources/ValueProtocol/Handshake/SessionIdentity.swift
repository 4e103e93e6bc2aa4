public import CardCrypto

/// What identifies a session: its key, the parties, and both random numbers (protocol §2, §3).
public struct SessionIdentity: Sendable, Equatable {
    public let key: KeyName
    public let pid: PartyID
    public let eid: PartyID
    /// The element's session counter.
    public let nt: UInt32
    public let r1: AESBlock
    public let r2: AESBlock

    public init(key: KeyName, pid: PartyID, eid: PartyID, nt: UInt32, r1: AESBlock, r2: AESBlock) {
        self.key = key
        self.pid = pid
        self.eid = eid
        self.nt = nt
        self.r1 = r1
        self.r2 = r2
    }

    /// `purpose ‖ version ‖ PID ‖ EID ‖ NT ‖ R1 ‖ R2`
    func appendContext(to bytes: inout Message) {
        bytes.append(key)
        bytes.append(pid)
        bytes.append(eid)
        bytes.append(bigEndian: nt)
        bytes.append(r1)
        bytes.append(r2)
    }

    /// `02 ‖ purpose ‖ version ‖ PID ‖ R1 ‖ EID ‖ NT ‖ R2`, what S2 signs.
    func signedByS2() -> Message {
        var bytes = Message()
        bytes.append(0x02)
        bytes.append(key)
        bytes.append(pid)
        bytes.append(r1)
        bytes.append(eid)
        bytes.append(bigEndian: nt)
        bytes.append(r2)
        return bytes
    }
}
