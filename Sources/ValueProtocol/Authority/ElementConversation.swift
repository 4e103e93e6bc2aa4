public import ISO7816

/// A session between an authority and an element over a channel: SELECT, INITIALIZE, and EXECUTEs (protocol §3, §4).
///
/// After any error the session has ended and the outcome of the last command is unknown: open another session and send
/// `AskStatus`.
public struct ElementConversation: ~Copyable {
    private let channel: any CardChannel
    private let authority: any Authority
    private var nextSeq: UInt16 = 0
    private var isOver = false
    /// The element, as named by its SELECT response and proven by its S2.
    public let element: ElementInfo

    /// Opens a session under `key` with the element connected to `channel`.
    ///
    /// - Parameters:
    ///   - channel: the channel to the element.
    ///   - authority: the holder of the key, or the route to it.
    ///   - key: the key of the session.
    ///   - expected: the element that must answer; nil accepts any.
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

    /// Opens a session with an element that is already selected; sends INITIALIZE only.
    ///
    /// - Throws: `SessionError`.
    public init(
        with element: ElementInfo, over channel: any CardChannel, by authority: any Authority, key: KeyName
    ) throws(SessionError) {
        self.channel = channel
        self.authority = authority
        self.element = element
        let request = try authority.openSession(key, with: element.eid)
        let response = try channel.exchange(ElementCommand.initialize(key, request), "INITIALIZE")
        try authority.authenticate(ElementCommand.opening(in: response, key, element.eid))
    }

    /// Executes `operation` on the element.
    ///
    /// - Returns: the element's result, which is proven to come from it.
    /// - Throws: `SessionError`; the outcome of the command is then unknown.
    public mutating func execute<O: ElementOperation>(_ operation: O) throws(SessionError) -> OperationResult<O.Answer>
    {
        guard !isOver else { throw SessionError(.noSession, "\(O.code)") }
        guard let seq = UInt8(exactly: nextSeq) else { throw SessionError(.sessionExhausted, "\(O.code)") }
        isOver = true
        let sealed = try authority.seal(O.code, operation.request)
        let response = try channel.exchange(ElementCommand.execute(O.code, seq, sealed), "\(O.code)")
        let outcome = try ElementCommand.outcome(in: response, O.code, element.eid)
        let result = try OperationResult(O.self, c4: try authority.unseal(outcome))
        nextSeq += 1
        isOver = false
        return result
    }
}
