public import ISO7816

/// A session between an authority and an element over a channel: SELECT, INITIALIZE, and EXECUTEs (protocol §3, §4).
///
/// After any error the session is over, and what was sent last is in doubt: open another and ask `AskStatus`.
public struct ElementConversation: ~Copyable {
    private let channel: any CardChannel
    private let authority: any Authority
    private var nextSeq: UInt16 = 0
    private var isOver = false
    /// The element, as its SELECT named it and its S2 proved it.
    public let element: ElementInfo

    /// Opens a session under `key` with the element that `channel` leads to.
    ///
    /// - Parameters:
    ///   - channel: leads to the element.
    ///   - authority: holds the key, or reaches what holds it.
    ///   - key: under which the session runs.
    ///   - expected: the element that must be there; nil takes whichever is.
    /// - Throws: `SessionError`.
    public init(
        over channel: any CardChannel, by authority: any Authority, key: KeyName, expecting expected: PartyID? = nil
    ) throws(SessionError) {
        let element = try ElementInfo.select(over: channel)
        if let expected, expected != element.eid {
            throw SessionError(.otherElement, "\(element.eid), not \(expected)")
        }
        try self.init(with: element, over: channel, by: authority, key: key)
    }

    /// Opens a session with an element that was selected before; an INITIALIZE alone.
    ///
    /// - Throws: `SessionError`.
    public init(
        with element: ElementInfo, over channel: any CardChannel, by authority: any Authority, key: KeyName
    ) throws(SessionError) {
        self.channel = channel
        self.authority = authority
        self.element = element
        let request = try authority.openSession(key, with: element.eid)
        let response = try channel.exchange(0x80, 0x50, key.purpose.rawValue, key.version, request, "INITIALIZE")
        switch response.status {
        case .success: try authority.authenticate(response.data)
        case .referencedDataNotFound:
            throw SessionError(.noSuchKey, "\(key) of \(element.eid)", status: response.status)
        case .conditionsNotSatisfied: throw SessionError(.wrongState, "\(element.eid)", status: response.status)
        default: throw SessionError(.refused, "INITIALIZE of \(element.eid)", status: response.status)
        }
    }

    /// Has the element do `operation`.
    ///
    /// - Returns: what it decided, which is proven to come from it.
    /// - Throws: `SessionError`; what was sent is then in doubt.
    public mutating func execute<O: ElementOperation>(_ operation: O) throws(SessionError) -> OperationResult<O.Answer>
    {
        guard !isOver else { throw SessionError(.noSession, "\(O.code)") }
        guard let seq = UInt8(exactly: nextSeq) else { throw SessionError(.sessionExhausted, "\(O.code)") }
        isOver = true
        let sealed = try authority.seal(O.code, operation.request)
        let response = try channel.exchange(0x80, 0x52, O.code.rawValue, seq, sealed, "\(O.code)")
        guard response.status == .success else {
            throw SessionError(.refused, "\(O.code) of \(element.eid)", status: response.status)
        }
        let result = try OperationResult(O.self, c4: try authority.unseal(response.data))
        nextSeq += 1
        isOver = false
        return result
    }
}
