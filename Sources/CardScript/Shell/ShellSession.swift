public import CardTrace
import Diagnostics
public import ISO7816

/// An interactive session with a card, line by line: typed lines go in, replies come out. It reads no keys and writes
/// no files.
public struct ShellSession: Sendable {
    /// The result of a line.
    public enum Reply: Sendable {
        case nothing
        /// The card answered, or did not.
        case exchange(DecodedEvent)
        /// Data objects, and the bytes in which they are.
        case objects(LenientTLV, [UInt8])
        /// One text per line.
        case lines([String])
        case reset
        /// Prompt for a value and pass it to ``setSecret(_:_:)``.
        case wantsSecret(String)
        /// Write ``recorded`` into this file from now on; nil to stop.
        case record(String?)
        /// Show information about the card.
        case wantsInfo
        case quit
    }

    /// The line, for the history file; nil where it contains a PIN or key, or where it is invalid.
    public private(set) var kept: String?
    /// What the last line adds to the recorded script.
    public private(set) var recorded: [String] = []
    /// The variables.
    public private(set) var variables = ScriptVariables()
    /// Whether 61xx and 6Cxx are passed through.
    public private(set) var isRaw = false
    /// The names that can be typed.
    public let names: ShellNames
    private var decoder: TraceDecoder
    private var settings = UnprovenSettings()
    private var last: ResponseAPDU?
    private let reader: String

    /// - Parameters:
    ///   - dictionary: for names and for decoding answers.
    ///   - reader: the reader's or card's name.
    public init(_ dictionary: APDUDictionary, reader: String) {
        names = ShellNames(dictionary)
        decoder = TraceDecoder(dictionary)
        self.reader = reader
    }

    /// Executes a line.
    ///
    /// - Parameters:
    ///   - line: as typed.
    ///   - channel: for the commands; the shell adds automatic GET RESPONSE, unless `raw on` was typed.
    ///   - reset: resets the card.
    /// - Throws: `ShellError` where the line is invalid; `CardError` where the card was not reset.
    public mutating func perform(
        _ line: String, over channel: any CardChannel, reset: () throws(CardError) -> Void
    ) throws -> Reply {
        (kept, recorded) = (nil, [])
        let input = try ShellInput(line, names: names, selected: decoder.selectedApplication)
        kept = line
        do {
            return try perform(input, of: line, over: channel, reset: reset)
        } catch let error as ShellError {
            // What an invalid line was meant to be is unknown: a part of it may be a PIN.
            kept = nil
            throw error
        }
    }

    private mutating func perform(
        _ input: ShellInput, of line: String, over channel: any CardChannel, reset: () throws(CardError) -> Void
    ) throws -> Reply {
        switch input {
        case .nothing: return .nothing
        case .quit: return .quit
        case .info: return .wantsInfo
        case .record(let file): return .record(file)
        case .raw(let isRaw):
            self.isRaw = isRaw
            return .nothing
        case .help(let word):
            let lines = ShellInput.help.filter { word == nil || $0.usage.hasPrefix(word ?? "") }
            let width = lines.map(\.usage.count).max() ?? 0
            return .lines(
                lines.map { $0.usage + String(repeating: " ", count: width - $0.usage.count + 2) + $0.meaning })
        case .reset:
            try reset()
            decoder.reset()
            recorded = ["reset"]
            return .reset
        case .send(let template, let note):
            return try send(template, note: note, over: isRaw ? channel : GetResponseChannel(channel))
        case .set(let name, let value):
            let bytes = try resolved(value)
            // Its purpose shows when it is used: then it is recorded, or was a PIN.
            if value.hasBytes { kept = nil }
            let isFilling = value.variables.contains(where: variables.isSecret)
            settings.add(name, value, isFilling: isFilling)
            if isFilling || variables.isSecret(name) {
                variables.setSecret(name, .bytes(bytes))
            } else {
                variables[name] = .bytes(bytes)
            }
            return .nothing
        case .capture(let name, let source):
            guard let last else { throw ShellError(.noAnswer, line) }
            let check = AnswerCheck(line: 1, kind: .set(name, source), text: line)
            if let found = check.difference(in: last, &variables) {
                throw ShellError(.notInAnswer, name, cause: Circumstance(found))
            }
            settings.forget(name)
            recorded = ["#: \(line)"]
            return .nothing
        case .secret(let name):
            settings.forget(name)
            recorded = ["#: secret \(name)"]
            return .wantsSecret(name)
        case .variables: return .lines(variables.names.map(described))
        case .objects(let template):
            let bytes = try template.map { (template) in try resolved(template) } ?? last.map { Array($0.data) }
            guard let bytes else { throw ShellError(.noAnswer, line) }
            return .objects(LenientTLV(bytes), bytes)
        }
    }

    /// Sets a variable that is never shown.
    ///
    /// - Parameters:
    ///   - name: of the variable.
    ///   - digits: hexadecimal; `${name.text}` uses the characters.
    public mutating func setSecret(_ name: String, _ digits: String) { variables.setSecret(name, .text(digits)) }

    private func described(_ name: String) -> String {
        switch variables[name] {
        case _ where variables.isSecret(name): "\(name) = \(MaskedBytes.mask)"
        case .bytes(let bytes): "\(name) = \(bytes.hexadecimal(separator: " "))"
        case .text(let text): "\(name) = \"\(text)\""
        case nil: name
        }
    }

    private func resolved(_ template: ScriptCommand) throws(ShellError) -> [UInt8] {
        do throws(ScriptScanner.Failure) {
            return try template.bytes(variables)
        } catch {
            throw ShellError(error.code, column: error.offset, of: template.description, name: error.name)
        }
    }

    private mutating func send(
        _ template: ScriptCommand, note: String?, over channel: any CardChannel
    ) throws -> Reply {
        let bytes = try resolved(template)
        let message: ScriptCommand.Message
        do throws(APDUError) {
            message = try template.message(bytes)
        } catch {
            throw ShellError(.notACommand, column: nil, of: template.description, name: nil)
        }
        let start = ContinuousClock.now
        let time = TraceClock.microseconds()
        let outcome: Result<ResponseAPDU, CardError>
        do throws(CardError) { outcome = .success(try message.send(over: channel)) } catch { outcome = .failure(error) }
        let event = TraceEvent(
            time: time, reader: reader, command: bytes, outcome: outcome, duration: ContinuousClock.now - start)
        // A PIN in a plain variable is detected by its use; then the answer must not show it either.
        var before = decoder
        let hidden = template.maskedVariables(before.decode(event).command, variables)
        for name in settings.origins(of: hidden) { variables.hide(name) }
        let decoded = decoder.decode(event.masking(variables.secrets))
        let showsSecret = template.writesOut(decoded.command, variables)
        if showsSecret { kept = nil }
        let needed = showsSecret ? [] : settings.dequeue(template.variables, isSecret: variables.isSecret)
        recorded = needed + script(template, note: note, decoded, leavesOut: showsSecret)
        if case .success(let response) = outcome { last = response }
        return .exchange(decoded)
    }

    private func script(
        _ template: ScriptCommand, note: String?, _ event: DecodedEvent, leavesOut: Bool
    ) -> [String] {
        if leavesOut {
            return ["# \(event.name ?? "A command") with a secret in it was left out: use a secret variable."]
        }
        var lines: [String] = []
        if let name = note ?? event.name, !name.lowercased().contains("exit") { lines.append("# \(name)") }
        lines.append(template.line)
        if case .response(let response) = event.outcome {
            let count = response.bytes.count - 2
            let data = response.bytes.hexadecimal(0..<count, separator: " ")
            let shown = response.bytes.hasMasked(in: 0..<count) ? "* " : data.isEmpty ? "" : data + " "
            lines.append("#= \(shown)\(response.status)")
        }
        return lines
    }
}
