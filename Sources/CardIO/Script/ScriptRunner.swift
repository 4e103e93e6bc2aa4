public import ISO7816

extension Script {
    /// Whether a run goes on after an answer that was not expected.
    public enum OnMismatch: Sendable, Hashable {
        /// It goes on, as scriptor does.
        case goOn
        /// It ends.
        case stop
    }

    /// Sends every command in turn.
    ///
    /// Answers are taken as they come: no GET RESPONSE after `61xx`, no second try after `6Cxx`, so that a script shows
    /// what the card does. A command without an answer ends the run.
    ///
    /// - Parameters:
    ///   - channel: where the commands go.
    ///   - onMismatch: what to do after an answer that was not expected.
    ///   - reset: resets the card behind `channel`.
    ///   - report: is given each result as soon as it is there.
    /// - Returns: a result for every step that was begun, in order.
    public func run(
        on channel: some CardChannel, onMismatch: OnMismatch = .goOn, reset: () throws(CardError) -> Void,
        report: (ScriptResult) -> Void = { _ in }
    ) -> [ScriptResult] {
        var results: [ScriptResult] = []
        for step in steps {
            let result = ScriptResult(step: step, outcome: Self.outcome(of: step, on: channel, reset: reset))
            results.append(result)
            report(result)
            if case .failure = result.outcome { break }
            if !result.ok, onMismatch == .stop { break }
        }
        return results
    }

    private static func outcome(
        of step: Step, on channel: some CardChannel, reset: () throws(CardError) -> Void
    ) -> ScriptResult.Outcome {
        do {
            switch step.action {
            case .send(let command, _): return .response(try channel.transmit(command))
            case .reset:
                try reset()
                return .reset
            }
        } catch {
            return .failure(error)
        }
    }
}
