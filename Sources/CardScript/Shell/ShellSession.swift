public import CardTrace
public import ISO7816

/// A conversation between a person and a card, line by line: what was typed goes in, what came of it goes out. It reads
/// no keys and writes no files.
public struct ShellSession: Sendable {
    /// What came of a line.
    public enum Reply: Sendable {
        case nothing
        /// The card answered, or did not.
        case exchange(DecodedEvent)
        /// Data objects.
        case objects([TLV])
        /// A line each.
        case lines([String])
        case reset
        /// Ask for a value and give it to ``setSecret(_:_:)``.
        case wantsSecret(String)
        /// Write ``recorded`` into this file from now on; nil to end.
        case record(String?)
        /// Tell what is known of the card.
        case wantsInfo
        case quit
    }

    /// The line, as it may be kept in a file; nil where a PIN or key stands in it, or where it is not understood.
    public private(set) var kept: String?
    /// What the last line adds to a script.
    public private(set) var recorded: [String] = []
    /// The variables.
    public private(set) var variables = ScriptVariables()
    /// Whether 61xx and 6Cxx are left as they are.
    public private(set) var isRaw = false
    /// The names that can be typed.
    public let names: ShellNames
    private var decoder: TraceDecoder
    private var settings = UnprovenSettings()
    private var last: ResponseAPDU?
    private let reader: String

    /// - Parameters:
    ///   - dictionary: where names, and what answers mean, come from.
    ///   - reader: what the reader or card is called.
    public init(_ dictionary: APDUDictionary, reader: String) {
        names = ShellNames(dictionary)
        decoder = TraceDecoder(dictionary)
        self.reader = reader
    }

    /// Does what a line asks for.
    ///
    /// - Parameters:
    ///   - line: as it was typed.
    ///   - channel: where commands go as they are; the shell puts automatic GET RESPONSE on, unless `raw on` was typed.
    ///   - reset: resets the card.
    /// - Throws: `ShellProblem` where the line is not understood; `CardError` where the card was not reset.
    public mutating func perform(
        _ line: String, over channel: any CardChannel, reset: () throws(CardError) -> Void
    ) throws -> Reply {
        (kept, recorded) = (nil, [])
        let input = try ShellInput(line, names: names)
        kept = line
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
            // What it is for shows when it is used: then it is recorded, or was a PIN.
            if value.hasBytes { kept = nil }
            let isFilling = value.variables.contains(where: variables.isSecret)
            settings.add(name, value, isFilling: isFilling)
            if isFilling || variables.isSecret(name) {
                variables.setSecret(name, .bytes(bytes))
            } else {
                variables[name] = .bytes(bytes)
            }
            return .nothing
        case .take(let name, let source):
            guard let last else { throw ShellProblem("There is no answer yet. Send a command first.") }
            let check = AnswerCheck(line: 1, kind: .set(name, source), text: line)
            if let found = check.difference(in: last, &variables) {
                throw ShellProblem("\(name) stays as it was: \(found). Look at the answer with tlv.")
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
            guard let bytes else { throw ShellProblem("There is no answer yet. Send a command first, or give digits.") }
            do throws(TLVError) {
                return .objects(try TLV.parse(bytes))
            } catch {
                throw ShellProblem("\(error). These are no data objects of BER-TLV.")
            }
        }
    }

    /// Sets a variable that is never shown.
    ///
    /// - Parameters:
    ///   - name: of the variable.
    ///   - digits: hexadecimal; `${name.text}` takes the characters.
    public mutating func setSecret(_ name: String, _ digits: String) { variables.setSecret(name, .text(digits)) }

    private func described(_ name: String) -> String {
        switch variables[name] {
        case _ where variables.isSecret(name): "\(name) = \(MaskedBytes.mask)"
        case .bytes(let bytes): "\(name) = \(bytes.hexadecimal(separator: " "))"
        case .text(let text): "\(name) = \"\(text)\""
        case nil: name
        }
    }

    private func resolved(_ template: ScriptCommand) throws(ShellProblem) -> [UInt8] {
        do throws(ScriptScanner.Failure) {
            return try template.bytes(variables)
        } catch {
            throw ShellProblem(error.code, "column \(error.offset)", name: error.name)
        }
    }

    private mutating func send(
        _ template: ScriptCommand, note: String?, over channel: any CardChannel
    ) throws -> Reply {
        let bytes = try resolved(template)
        let command: CommandAPDU
        do throws(APDUError) {
            command = try CommandAPDU(bytes)
        } catch {
            kept = nil
            throw ShellProblem(.notACommand, "This")
        }
        let start = ContinuousClock.now
        let time = TraceClock.microseconds()
        let outcome: Result<ResponseAPDU, CardError>
        do throws(CardError) { outcome = .success(try channel.transmit(command)) } catch { outcome = .failure(error) }
        let event = TraceEvent(
            time: time, reader: reader, command: bytes, outcome: outcome, duration: ContinuousClock.now - start)
        // A PIN in a plain variable is found out by its use; then the answer may not show it either.
        var before = decoder
        let hidden = template.maskedVariables(before.decode(event).command, variables)
        for name in settings.origins(of: hidden) { variables.hide(name) }
        let decoded = decoder.decode(event.masking(variables.secrets))
        let showsSecret = template.writesOut(decoded.command, variables)
        if showsSecret { kept = nil }
        let needed = showsSecret ? [] : settings.take(template.variables, isSecret: variables.isSecret)
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
        lines.append(template.description)
        if case .response(let response) = event.outcome {
            let count = response.bytes.count - 2
            let data = response.bytes.hexadecimal(0..<count, separator: " ")
            let shown = response.bytes.hasMasked(in: 0..<count) ? "* " : data.isEmpty ? "" : data + " "
            lines.append("#= \(shown)\(response.status)")
        }
        return lines
    }
}
