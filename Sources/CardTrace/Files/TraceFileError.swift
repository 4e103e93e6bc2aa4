public import Diagnostics
import ISO7816

/// Why bytes are no trace: where, what is wrong there, and what to do.
public struct TraceFileError: DiagnosticError {
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

extension TraceFileError {
    /// What went wrong; a number stays what it is.
    public enum Code: UInt16, DiagnosticCode {
        /// Nothing in it tells what form it has.
        case unknownForm = 1
        /// The old form of packet captures.
        case oldCapture = 2
        /// A block of pcapng whose lengths do not fit.
        case malformedBlock = 3
        /// The file ends within a block or a line.
        case truncated = 4
        /// A line of JSON that is no event.
        case malformedLine = 5
        /// A version of the JSON form that this program does not know.
        case newerVersion = 6
        /// Where bytes should stand, something else does.
        case notHexadecimal = 7
        /// An answer without a command before it.
        case answerWithoutCommand = 8

        public var description: String {
            switch self {
            case .unknownForm: "nothing here tells which form of trace it is"
            case .oldCapture: "this is a capture of the old form pcap"
            case .malformedBlock: "the block is malformed"
            case .truncated: "the file ends too early"
            case .malformedLine: "the line is no event of a trace"
            case .newerVersion: "the trace is of a newer version"
            case .notHexadecimal: "hexadecimal bytes are missing or wrong"
            case .answerWithoutCommand: "an answer stands here without a command before it"
            }
        }
    }
}
