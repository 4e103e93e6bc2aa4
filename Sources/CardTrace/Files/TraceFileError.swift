public import ISO7816

/// Why bytes are no trace: where, what is wrong there, and what to do.
public struct TraceFileError: DiagnosticError {
    public typealias Code = ErrorCode<TraceFileError>

    /// What is wrong.
    public let code: Code
    /// The file and the place in it: `log.txt, line 12`; `demo.pcapng, byte 240`.
    public let subject: String
    /// What stands there, shortened where it is long, or what is wrong with it in particular.
    public let detail: String

    /// - Parameter found: what stands there.
    init(_ code: Code, file: String, line: Int, found: some StringProtocol) {
        self.code = code
        subject = "\(file), line \(line)"
        let found = SecretCommands.shown(found)
        detail = found.isEmpty ? "" : " (\(found.count > 60 ? "\(found.prefix(60))…" : found))"
    }

    /// - Parameter found: what stands there.
    init(_ code: Code, file: String, byte: Int, found: String = "") {
        self.code = code
        subject = "\(file), byte \(byte)"
        detail = found.isEmpty ? "" : " (\(found))"
    }
}

extension TraceFileError.Code {
    /// Nothing in it tells what form it has.
    public static var unknownForm: Self {
        Self("nothing here tells which form of trace it is", remedy: "Name its form, as vstore does with --format.")
    }
    /// The old form of packet captures.
    public static var oldCapture: Self {
        Self(
            "this is a capture of the old form pcap", remedy: "Turn it into pcapng: editcap -F pcapng OLD NEW.")
    }
    /// A block of pcapng whose lengths do not fit.
    public static var malformedBlock: Self {
        Self("the block is malformed", remedy: "Capture it again; what stands before the place can be used.")
    }
    /// The file ends within a block or a line.
    public static var truncated: Self {
        Self("the file ends too early", remedy: "Copy it again; what stands before the place can be used.")
    }
    /// A line of JSON that is no event.
    public static var malformedLine: Self {
        Self("the line is no event of a trace", remedy: "Correct the line or take it out.")
    }
    /// A version of the JSON form that this program does not know.
    public static var newerVersion: Self {
        Self("the trace is of a newer version", remedy: "Read it with a newer version of this program.")
    }
    /// Where bytes should stand, something else does.
    public static var notHexadecimal: Self {
        Self("hexadecimal bytes are missing or wrong", remedy: "Write two digits a byte, or take the line out.")
    }
    /// An answer without a command before it.
    public static var answerWithoutCommand: Self {
        Self("an answer stands here without a command before it", remedy: "Add the command, or take the line out.")
    }
}

extension CardError.Code {
    /// A trace has no answer to a command.
    public static var noAnswerRecorded: Self {
        Self("no answer is recorded", remedy: "Record it again where the answer is wanted.")
    }
}
