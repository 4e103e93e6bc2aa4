public import ISO7816
public import Records
public import ValueProtocol

/// What a contact's driver does next.
public enum ContactStep: Sendable {
    /// Send a command to the element, and return its answer.
    case send(CommandAPDU)
    /// Ask the authority, which holds the keys.
    case authorize(AuthorityRequest)
    /// Read or change the records; a change must be durable before the contact goes on.
    case record(RecordRequest)
    /// The contact is over.
    case done(Result<ContactReport, HostError>)
}

/// What happened since a contact's last step.
public enum ContactEvent: Sendable {
    /// The element answered.
    case answered(ResponseAPDU)
    /// No answer came.
    case lost(CardError)
    /// What the authority returned.
    case authorized([UInt8])
    /// The authority refused, or could not be asked.
    case notAuthorized(SessionError)
    /// The records were read or changed.
    case recorded(RecordReply)
    /// The records were neither read nor changed.
    case notRecorded(HostError)
}

/// A call of an `Authority`.
public enum AuthorityRequest: Sendable, Hashable {
    case openSession(KeyName, PartyID)
    /// Of the answer to INITIALIZE; returns nothing.
    case authenticate([UInt8])
    case seal(OperationCode, [UInt8])
    case unseal([UInt8])
}

extension Authority {
    /// Makes the call.
    ///
    /// - Returns: what it returns; nothing for AUTHENTICATE.
    /// - Throws: `SessionError`, as the call does.
    public func perform(_ request: AuthorityRequest) throws(SessionError) -> [UInt8] {
        switch request {
        case .openSession(let key, let eid): return try openSession(key, with: eid)
        case .authenticate(let answer):
            try authenticate(answer[...])
            return []
        case .seal(let operation, let plaintext): return try seal(operation, plaintext)
        case .unseal(let sealed): return try unseal(sealed[...])
        }
    }
}
