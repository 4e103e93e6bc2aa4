public import ISO7816

/// What came of one step of a script.
public struct ScriptResult: Sendable {
    /// What the card said.
    public enum Outcome: Sendable {
        /// An answer.
        case response(ResponseAPDU)
        /// The card was reset.
        case reset
        /// No answer, or no reset.
        case failure(CardError)
    }

    /// The step.
    public let step: Script.Step
    /// What came of it.
    public let outcome: Outcome

    /// The line of the script, counted from 1.
    public var line: Int { step.line }

    /// The command sent; nil for a reset.
    public var command: CommandAPDU? {
        if case .send(let command, _) = step.action { command } else { nil }
    }

    /// What was expected; nil where nothing was.
    public var expected: ExpectedResponse? {
        if case .send(_, let expected) = step.action { expected } else { nil }
    }

    /// The answer; nil where there is none.
    public var response: ResponseAPDU? {
        if case .response(let response) = outcome { response } else { nil }
    }

    /// Whether the card answered, and as expected where something was expected.
    public var ok: Bool {
        switch outcome {
        case .response(let response): expected?.matches(response) ?? true
        case .reset: true
        case .failure: false
        }
    }

    init(step: Script.Step, outcome: Outcome) {
        self.step = step
        self.outcome = outcome
    }
}
