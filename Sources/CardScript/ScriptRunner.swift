import CardTrace
public import ISO7816

extension Script {
    /// Whether a run continues after an unexpected answer.
    public enum OnMismatch: Sendable, Hashable {
        /// It continues, as in scriptor.
        case proceed
        /// It stops.
        case stop
    }

    /// Sends every command in turn.
    ///
    /// Answers are not processed further: no GET RESPONSE after `61xx`, no retry after `6Cxx`, so that a script shows
    /// what the card does. A command without an answer ends the run.
    ///
    /// - Parameters:
    ///   - channel: for the commands.
    ///   - variables: the initial variables, including its secrets.
    ///   - rows: the table for `#: rows`: columns and their text, row by row. A script without `#: rows` is run as a
    ///     whole for each row; without a table, steps in rows are skipped.
    ///   - onMismatch: what to do after an unexpected answer.
    ///   - reset: resets the card behind `channel`.
    ///   - willSend: called with the current secrets before each command is sent, for a trace beneath to mask them.
    ///   - report: called with each result as soon as it is available.
    /// - Returns: a result for every step that was started, in order.
    public func run(
        on channel: some CardChannel, variables: ScriptVariables = ScriptVariables(), rows: [[String: String]]? = nil,
        onMismatch: OnMismatch = .proceed, reset: () throws(CardError) -> Void,
        willSend: (_ secrets: [[UInt8]]) -> Void = { _ in }, report: (ScriptResult) -> Void = { _ in }
    ) -> [ScriptResult] {
        var run = ScriptRun(variables: variables, rows: rows ?? [], onMismatch: onMismatch)
        let hasRows = steps.contains { if case .rows = $0.action { true } else { false } }
        if rows != nil, !hasRows, let all = steps.first {
            let whole = Step(file: nil, line: all.line, comment: nil, action: .rows(steps))
            run.perform([whole], row: nil, on: channel, reset: reset, willSend: willSend, report: report)
        } else {
            run.perform(steps, row: nil, on: channel, reset: reset, willSend: willSend, report: report)
        }
        return run.results
    }
}

/// A running script.
private struct ScriptRun {
    var variables: ScriptVariables
    let rows: [[String: String]]
    let onMismatch: Script.OnMismatch
    private(set) var results: [ScriptResult] = []
    private var isOver = false

    init(variables: ScriptVariables, rows: [[String: String]], onMismatch: Script.OnMismatch) {
        self.variables = variables
        self.rows = rows
        self.onMismatch = onMismatch
    }

    mutating func perform(
        _ steps: [Script.Step], row: Int?, on channel: some CardChannel, reset: () throws(CardError) -> Void,
        willSend: ([[UInt8]]) -> Void, report: (ScriptResult) -> Void
    ) {
        for step in steps {
            if isOver { return }
            if case .rows(let body) = step.action {
                for (index, columns) in rows.enumerated() {
                    for (name, text) in columns { variables[name] = .text(text) }
                    perform(body, row: index + 1, on: channel, reset: reset, willSend: willSend, report: report)
                }
                continue
            }
            guard let result = result(of: step, row: row, on: channel, reset: reset, willSend: willSend)
            else { continue }
            results.append(result)
            report(result)
            if case .failure = result.outcome { isOver = true }
            if !result.ok, onMismatch == .stop { isOver = true }
        }
    }

    /// nil for what is not reported.
    private mutating func result(
        of step: Script.Step, row: Int?, on channel: some CardChannel, reset: () throws(CardError) -> Void,
        willSend: ([[UInt8]]) -> Void
    ) -> ScriptResult? {
        var sent: MaskedBytes?
        var shown: String?
        do throws(ScriptScanner.Failure) {
            switch step.action {
            case .rows: return nil
            case .set(let name, let value):
                let bytes = try value.bytes(variables)
                if value.variables.contains(where: variables.isSecret) {
                    // A value derived from a secret is secret too.
                    variables.setSecret(name, .bytes(bytes))
                } else {
                    variables[name] = .bytes(bytes)
                }
                return nil
            case .reset:
                do throws(CardError) {
                    try reset()
                    return ScriptResult(
                        step: step, row: row, outcome: .reset, sent: nil, shown: nil, answer: nil, differences: [])
                } catch {
                    return ScriptResult(
                        step: step, row: row, outcome: .failure(error), sent: nil, shown: nil, answer: nil,
                        differences: [])
                }
            case .send(let template, let expected):
                shown = template.shown(variables)
                let bytes = try template.bytes(variables)
                let wanted = try expected?.resolved(variables)
                let message: ScriptCommand.Message
                do throws(APDUError) {
                    message = try template.message(bytes)
                } catch {
                    throw ScriptScanner.Failure(code: .notACommand, offset: 1)
                }
                let secrets = variables.secrets
                sent = MaskedBytes(masking: bytes).masking(secrets)
                willSend(secrets)
                let response: ResponseAPDU
                do throws(CardError) {
                    response = try message.send(over: channel)
                } catch {
                    return ScriptResult(
                        step: step, row: row, outcome: .failure(error), sent: sent, shown: shown, answer: nil,
                        differences: [])
                }
                let answer = MaskedBytes(response.bytes).masking(secrets)
                var differences: [ScriptResult.Difference] = []
                if let wanted, !wanted.matches(response) {
                    differences.append(
                        ScriptResult.Difference(
                            line: step.line, expected: wanted.description, found: answer.hexadecimal(separator: " ")))
                }
                for check in step.checks {
                    guard let found = check.difference(in: response, &variables) else { continue }
                    differences.append(ScriptResult.Difference(line: check.line, expected: check.text, found: found))
                }
                return ScriptResult(
                    step: step, row: row, outcome: .response(response), sent: sent, shown: shown, answer: answer,
                    differences: differences)
            }
        } catch {
            let problem = ScriptError(
                error.code, line: step.line, column: error.offset, text: shown ?? "set", name: error.name
            )
            .within(step.file)
            return ScriptResult(
                step: step, row: row, outcome: .invalid(problem), sent: sent, shown: shown, answer: nil, differences: []
            )
        }
    }
}
