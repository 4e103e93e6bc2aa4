import Records
import ValueProtocol

/// The register of one contact's authority, which notes a session in one commit with what others record at the same moment.
///
/// The authority hands a session over, and its contact's driver has it recorded before the next step: so it is durable
/// before the first EXECUTE, as it must be (protocol §3), and costs no commit of its own.
final class SharedSessions: ElementRegister {
    private let records: any RecordStore
    private var opened: SessionIdentity?

    init(in records: any RecordStore) { self.records = records }

    /// Not asked here: the commit of `record` refuses a session that is not above all others.
    func lastNT(of eid: PartyID) throws(SessionError) -> UInt32? { nil }

    func highestVersion(of purpose: Purpose, for eid: PartyID) throws(SessionError) -> UInt8? {
        try records.highestVersion(of: purpose, for: eid)
    }

    func wasIssued(_ eid: PartyID) throws(SessionError) -> Bool { try records.wasIssued(eid) }

    func recordGenuine(_ identity: SessionIdentity) throws(SessionError) { opened = identity }

    func recordLoadedKeys(_ keys: [KeyName], to eid: PartyID) throws(SessionError) {
        try records.recordLoadedKeys(keys, to: eid)
    }

    func recordIssued(_ eid: PartyID) throws(SessionError) { try records.recordIssued(eid) }

    /// The session that the authority has opened since the last call.
    func takeOpened() -> SessionIdentity? {
        defer { opened = nil }
        return opened
    }
}

extension RecordStore {
    /// Records a session that an authority has opened, in one commit with what others record.
    ///
    /// - Parameter event: of the authority.
    /// - Returns: `event`; or that the authority may not go on, since the element was in a later session, or the session
    ///   could not be recorded.
    func sharedEvent(of identity: SessionIdentity, after event: ContactEvent) async -> ContactEvent {
        do throws(HostError) {
            let result = try await commit(of: identity.eid) { records throws(HostError) in
                Result { () throws(SessionError) in try records.recordGenuine(identity) }
            }
            guard case .failure(let error) = result else { return event }
            return .notAuthorized(error)
        } catch {
            return .notAuthorized(SessionError(.authorityFailed, error.subject, cause: error))
        }
    }
}
