/// What takes several EXECUTEs of one session (protocol §10).
extension ElementConversation {
    /// Gives a meter new rules, part by part.
    ///
    /// - Parameters:
    ///   - rules: what it shall charge and allow from their effective time on.
    ///   - htxn: the transaction's number; a retry carries the same.
    ///   - time: of the transaction.
    /// - Returns: the result of the last part, or of the first that was refused. `.alreadyApplied` means that these rules
    ///   were taken before; where the number is kept for other rules, the result is `.malformed`, as it is for a
    ///   transaction of another kind.
    /// - Throws: `SessionError`; the outcome is then unknown.
    public mutating func convert(
        _ rules: SupplyRules, htxn: HostTransaction, time: Timestamp
    ) throws(SessionError) -> OperationResult<ConvertRules.Answer> {
        var last = OperationResult<ConvertRules.Answer>(status: .malformed, eid: element.eid)
        for part in ConvertRules.parts(of: rules, htxn: htxn, time: time) {
            last = try execute(part)
            guard last.status == .done, let answer = last.answer else { break }
            let isLast = part.part + 1 == part.parts
            guard answer.htxn == htxn, answer.held == part.part + 1, answer.rules == (isLast ? rules.id : 0) else {
                throw SessionError(.malformedAnswer, "\(ConvertRules.code)")
            }
        }
        guard last.status == .alreadyApplied, last.answer?.rules != rules.id else { return last }
        return OperationResult(status: .malformed, eid: last.eid)
    }

    /// Leaves a letter in a slot of a card, part by part; it replaces the one before.
    ///
    /// - Parameters:
    ///   - letter: to the meter that the slot is bound to.
    ///   - service: whose purse has the slot.
    /// - Returns: the result of the last part, or of the first that was refused: the letter before is then still there.
    /// - Throws: `SessionError`; whether the letter is there is then unknown.
    public mutating func post(
        _ letter: Letter, in service: UtilityService
    ) throws(SessionError) -> OperationResult<PostLetter.Answer> {
        var last = OperationResult<PostLetter.Answer>(status: .malformed, eid: element.eid)
        for part in PostLetter.parts(of: letter, service: service) {
            last = try execute(part)
            guard last.status == .done, let answer = last.answer else { break }
            guard answer.service == service, answer.held == part.part + 1 else {
                throw SessionError(.malformedAnswer, "\(PostLetter.code)")
            }
        }
        return last
    }

    /// Asks a card for the letter in the slot that this session is about.
    ///
    /// - Returns: the letter as it was left, genuine or not; nil where there is none, or the card refuses.
    /// - Throws: `SessionError`; `.malformedAnswer` where the parts do not fit each other.
    public mutating func fetchLetter() throws(SessionError) -> [UInt8]? {
        var bytes: [UInt8] = []
        var part: UInt8 = 0
        while true {
            guard let answer = try execute(FetchLetter(part: part)).answer else {
                guard part == 0 else { throw SessionError(.malformedAnswer, "\(FetchLetter.code)") }
                return nil
            }
            if part == 0, answer.parts == 0, answer.bytes.isEmpty { return nil }
            guard TransferParts.areWellFormed(answer.bytes, of: answer.parts), part < answer.parts else {
                throw SessionError(.malformedAnswer, "\(FetchLetter.code)")
            }
            bytes += answer.bytes
            part += 1
            if part == answer.parts { return bytes }
        }
    }
}
