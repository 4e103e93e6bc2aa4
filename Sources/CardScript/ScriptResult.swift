public import CardTrace
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
        /// Nothing was sent, since a variable has no fitting value.
        case invalid(ScriptError)
    }

    /// Something in an answer that is not as expected.
    public struct Difference: Sendable, Hashable {
        /// The line of the script that expects it.
        public let line: Int
        /// What was expected, as it was written.
        public let expected: String
        /// What there is instead.
        public let found: String
    }

    /// The step.
    public let step: Script.Step
    /// The row of the table, counted from 1; nil outside of rows.
    public let row: Int?
    /// What came of it.
    public let outcome: Outcome
    /// The command as it was sent, secrets masked; nil for a reset.
    public let sent: MaskedBytes?
    /// The command as it was written, unless it has a secret in it; nil for a reset.
    let shown: String?
    /// The answer, secrets masked; nil where there is none.
    public let answer: MaskedBytes?
    /// What is not as expected in an answer, in the script's order.
    public let differences: [Difference]

    /// The line of its file, counted from 1.
    public var line: Int { step.line }

    /// What was expected of the answer as a whole; nil where nothing was.
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
        case .response: differences.isEmpty
        case .reset: true
        case .failure, .invalid: false
        }
    }

    /// Where it stands and what it is for, in one line: the comment above it, or the command as it was written.
    public var name: String {
        let name: String
        switch (step.comment, step.action) {
        case (let comment?, _): name = comment
        case (nil, .send(let command, _)): name = shown ?? command.description
        case (nil, .reset): name = "reset"
        case (nil, .set(let variable, _)): name = "set \(variable)"
        case (nil, .rows): name = "rows"
        }
        return row.map { "\(name) (row \($0))" } ?? name
    }
}
