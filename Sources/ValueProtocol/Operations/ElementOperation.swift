/// One kind of EXECUTE: the layout of its C3 and of its answer (protocol §4).
public protocol ElementOperation: Sendable {
    /// What the element answers after status and EID.
    associatedtype Answer: Sendable

    static var code: OperationCode { get }

    /// The plaintext that an authority seals.
    var request: [UInt8] { get }

    /// Parses the answer after status and EID; nil if its layout is wrong.
    @_lifetime(reader: copy reader)
    static func answer(from reader: inout ByteReader) -> Answer?
}

/// An element's status for an operation, and its answer, if any.
public struct OperationResult<Answer: Sendable>: Sendable {
    public let status: BusinessStatus
    public let eid: PartyID
    /// Present if the status is `.done` or `.alreadyApplied`.
    public let answer: Answer?

    package init(status: BusinessStatus, eid: PartyID, answer: Answer? = nil) {
        self.status = status
        self.eid = eid
        self.answer = answer
    }

    /// Parses an opened C4.
    ///
    /// - Throws: `SessionError` `.malformedAnswer`.
    package init<O: ElementOperation>(_: O.Type, c4: [UInt8]) throws(SessionError) where O.Answer == Answer {
        var reader = ByteReader(c4.span)
        let status = BusinessStatus(rawValue: reader.read())
        eid = reader.readParty()
        guard let status, reader.isGood else { throw SessionError(.malformedAnswer, "\(O.code)") }
        self.status = status
        answer = status.carriesAnswer ? O.answer(from: &reader) : nil
        guard reader.isFinished, (answer != nil) == status.carriesAnswer else {
            throw SessionError(.malformedAnswer, "\(O.code)")
        }
    }
}
