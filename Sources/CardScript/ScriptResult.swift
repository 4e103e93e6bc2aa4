public import CardTrace
public import ISO7816

/// The result of one step of a script.
public struct ScriptResult: Sendable {
    /// The outcome of a step.
    public enum Outcome: Sendable {
        /// An answer.
        case response(ResponseAPDU)
        /// The card was reset.
        case reset
        /// No answer, or no reset.
        case failure(CardError)
        /// Nothing was sent: a variable has no valid value.
        case invalid(ScriptError)
    }

    /// A difference between an answer and what was expected.
    public struct Difference: Sendable, Hashable {
        /// The line of the script that expects it.
        public let line: Int
        /// What was expected, as source text.
        public let expected: String
        /// The actual value.
        public let found: String
    }

    /// The step.
    public let step: Script.Step
    /// The row of the table, counted from 1; nil outside rows.
    public let row: Int?
    /// The outcome.
    public let outcome: Outcome
    /// The command as sent, secrets masked; nil for a reset.
    public let sent: MaskedBytes?
    /// The source text of the command, unless it contains a secret; nil for a reset.
    let shown: String?
    /// The answer, secrets masked; nil where there is none.
    public let answer: MaskedBytes?
    /// The differences of the answer, in the script's order.
    public let differences: [Difference]

    /// The line of its file, counted from 1.
    public var line: Int { step.line }

    /// The expected answer as a whole; nil where it is not checked.
    public var expected: ExpectedResponse? {
        if case .send(_, let expected) = step.action { expected } else { nil }
    }

    /// The answer; nil where there is none.
    public var response: ResponseAPDU? {
        if case .response(let response) = outcome { response } else { nil }
    }

    /// Whether the card answered, and as expected.
    public var ok: Bool {
        switch outcome {
        case .response: differences.isEmpty
        case .reset: true
        case .failure, .invalid: false
        }
    }

    /// Its location and purpose, in one line: the comment above it, or the source text of the command.
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
