internal import ValueProtocol

/// An authority that reports whether it sealed a request.
///
/// If it did not, nothing was sent to the element, so nothing is in doubt: an insufficient float, a rule or a missing
/// PIN is reported at once.
final class SealTrackingAuthority: Authority {
    private let authority: any Authority
    /// Whether the last SEAL failed.
    private(set) var sealFailed = false

    init(_ authority: any Authority) { self.authority = authority }

    func openSession(_ key: KeyName, with eid: PartyID) throws(SessionError) -> [UInt8] {
        try authority.openSession(key, with: eid)
    }

    func authenticate(_ answer: ArraySlice<UInt8>) throws(SessionError) { try authority.authenticate(answer) }

    func seal(_ op: OperationCode, _ request: [UInt8]) throws(SessionError) -> [UInt8] {
        sealFailed = true
        let sealed = try authority.seal(op, request)
        sealFailed = false
        return sealed
    }

    func unseal(_ sealed: ArraySlice<UInt8>) throws(SessionError) -> [UInt8] { try authority.unseal(sealed) }
}
