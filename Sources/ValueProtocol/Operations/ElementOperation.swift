/// One kind of EXECUTE: the layout of its C3 and of its answer (protocol §4).
public protocol ElementOperation: Sendable {
    /// What the element answers after status and EID.
    associatedtype Answer: Sendable

    static var code: OperationCode { get }

    /// The plaintext that an authority is asked to seal.
    var request: [UInt8] { get }

    /// Takes the answer after status and EID; nil where it is not laid out as it must be.
    @_lifetime(reader: copy reader)
    static func answer(from reader: inout ByteReader) -> Answer?
}

/// What an element decided on an operation, and its answer where it carries one.
public struct OperationResult<Answer: Sendable>: Sendable {
    public let status: BusinessStatus
    public let eid: PartyID
    /// Present where the status is `.done` or `.alreadyApplied`.
    public let answer: Answer?

    /// Takes an opened C4.
    ///
    /// - Throws: `SessionError` `.malformedAnswer`.
    init<O: ElementOperation>(_: O.Type, c4: [UInt8]) throws(SessionError) where O.Answer == Answer {
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
