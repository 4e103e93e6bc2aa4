import CardCrypto
import CardScript
import CardTrace
import ISO7816
import ValueProtocol

/// One session of the shell: lines from a terminal or a file, and the responses to them.
final class ShellConversation {
    private let card: OpenCard
    private let raw: any CardChannel
    private let tracer: Tracer?
    private let console: Console
    private let masks: SecretMasks
    private(set) var session: ShellSession
    private let dictionary: APDUDictionary
    private var recording: (file: String, lines: [String])?

    init(
        _ card: OpenCard, dictionary: APDUDictionary, console: Console, tracer: Tracer?
    ) throws {
        let masks = SecretMasks()
        func traced(_ base: some CardChannel) -> any CardChannel {
            guard let tracer else { return base }
            return tracer.trace(base, to: card, masks: masks)
        }
        self.card = card
        self.masks = masks
        raw = traced(card.raw)
        self.tracer = tracer
        tracer?.record(.inserted, name: card.name, answerToReset: card.answerToReset)
        self.console = console
        self.dictionary = dictionary
        session = ShellSession(dictionary, reader: card.name)
    }

    /// Takes lines of standard input until its end.
    ///
    /// - Returns: how many could not be done.
    func hold() throws -> Int {
        try finishingRecording {
            var wrong = 0
            while let line = readLine() {
                do {
                    if try !perform(line) { break }
                } catch let error where ShellConversation.isReported(error) {
                    report(error)
                    wrong += 1
                }
            }
            return wrong
        }
    }

    /// Takes lines that a person types, until the person leaves.
    func hold(_ terminal: ShellTerminal) throws {
        console.notice("\(card.name). help lists what can be typed, Tab completes, Ctrl-D leaves.")
        try finishingRecording {
            while let line = try terminal.line(
                prompt: "> ",
                completions: { [self] text in
                    session.names.completions(of: text, variables: session.variables.names)
                })
            {
                var goesOn = true
                do {
                    goesOn = try perform(line)
                } catch let error where ShellConversation.isReported(error) {
                    report(error)
                }
                do {
                    try terminal.note(line, kept: session.kept != nil)
                } catch let error where ShellConversation.isReported(error) {
                    report(error)
                }
                if !goesOn { break }
            }
        }
    }

    /// Writes what is recorded after `body`, also where that failed; its error counts.
    private func finishingRecording<Value>(_ body: () throws -> Value) throws -> Value {
        let outcome = Result { try body() }
        do {
            try finishRecording()
        } catch {
            _ = try outcome.get()
            throw error
        }
        return try outcome.get()
    }

    /// Whether an error ends only the line, not the shell.
    private static func isReported(_ error: any Error) -> Bool {
        error is ShellError || error is CardError || error is Failure || error is CancellationError
    }

    private func report(_ error: any Error) {
        let text = error is CancellationError ? "Cancelled." : explained(error)
        console.output(["error": .error(error)], [Paint.red.on(text)])
    }

    /// Executes a line.
    ///
    /// - Returns: whether the shell continues.
    private func perform(_ line: String) throws -> Bool {
        let reply = try session.perform(line, over: raw) { () throws(CardError) in
            guard let reset = card.reset else { throw CardError(.unsupported, subject: card.name) }
            try reset()
            tracer?.record(.reset, name: card.name, answerToReset: card.answerToReset)
        }
        recording?.lines += session.recorded
        switch reply {
        case .nothing: break
        case .quit: return false
        case .exchange(let event):
            let style = Paint.shows(on: 1) ? TraceText.Style.coloured : .plain
            if console.isJSON {
                Console.printLine(TraceJSON().line(for: event))
            } else {
                for line in TraceText(style: style).lines(for: event) {
                    Console.printLine(line)
                }
            }
        case .objects(_, let bytes):
            let output = OutputPieces()
            _ = TLVText(bytes, dictionary: dictionary).write(asJSON: console.isJSON, to: output)
            output.flush()
        case .lines(let lines): console.output(["lines": .list(lines.map { .text($0) })], lines)
        case .reset: console.output(["event": "reset"], ["reset"])
        case .wantsSecret(let name):
            let digits = try SecretSource.terminal.line("secret \(name), hexadecimal digits").withBytes { bytes in
                String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
            }
            session.setSecret(name, digits)
            masks.secrets = session.variables.secrets
        case .record(let file):
            try finishRecording()
            if let file {
                recording = (file, [])
                console.notice("Recording to \(file) from here on.")
            }
        case .wantsInfo: reportInfo()
        }
        masks.secrets = session.variables.secrets
        return true
    }

    private func finishRecording() throws {
        guard let recording else { return }
        self.recording = nil
        try ReportFile.write(recording.lines.map { $0 + "\n" }.joined(), to: recording.file, option: "record FILE")
        console.notice("\(recording.file) is written: run it with vstore apdu script.")
    }

    private func reportInfo() {
        let bytes = card.answerToReset
        var lines = ["reader  \(card.name)"]
        var members: [(name: String, value: JSONValue)] = [("reader", .text(card.name))]
        if !bytes.isEmpty {
            lines.append("ATR     \(bytes.hexadecimal(separator: " "))")
            members.append(("atr", .text(bytes.hexadecimal())))
        }
        let spoken = card.raw.transmissionProtocol == .t0 ? "T=0" : "T=1"
        lines.append("speaks  \(spoken)")
        members.append(("protocol", .text(spoken)))
        console.output(.object(members), lines)
    }
}
