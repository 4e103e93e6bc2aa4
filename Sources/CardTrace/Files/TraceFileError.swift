public import Diagnostics
import ISO7816

/// Why a file is not a valid trace: where, and what is wrong.
public struct TraceFileError: DiagnosticError {
    /// What is wrong.
    public let code: Code
    /// The file and the position in it: `log.txt, line 12`; `demo.pcapng, byte 240`.
    public let subject: String
    /// What was found there, shortened, or the details of the error.
    public let detail: String
    /// The line, counted from 1; nil where the error is not of one line.
    public let line: Int?

    /// - Parameter found: what was found there.
    init(_ code: Code, file: String, line: Int, found: some StringProtocol) {
        self.code = code
        self.line = line
        subject = "\(file), line \(line)"
        // Only the begin is shown, but a secret may begin within it and end behind.
        let found = SecretCommands.shown(found)
        detail = found.isEmpty ? "" : " (\(found.count > 60 ? "\(found.prefix(60))…" : found))"
    }

    /// - Parameter found: what was found there.
    init(_ code: Code, file: String, byte: Int, found: String = "") {
        self.code = code
        line = nil
        subject = "\(file), byte \(byte)"
        detail = found.isEmpty ? "" : " (\(found))"
    }

    /// An error of the whole file.
    ///
    /// - Parameter found: what was found in it.
    init(_ code: Code, file: String, found: String) {
        self.code = code
        line = nil
        subject = file
        detail = " (\(found))"
    }
}

extension TraceFileError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The format cannot be detected.
        case unknownForm = 1
        /// The old packet capture format (pcap).
        case oldCapture = 2
        /// A pcapng block with inconsistent lengths.
        case malformedBlock = 3
        /// The file ends within a block or a line.
        case truncated = 4
        /// A line of JSON that is not a record.
        case malformedLine = 5
        /// A newer version of the JSON format than this program supports.
        case newerVersion = 6
        /// Something other than hexadecimal bytes.
        case notHexadecimal = 7
        /// An answer without a command before it.
        case answerWithoutCommand = 8
        /// A capture of which no link type is read.
        case unreadLinkType = 9
        /// A line of more than 8 MB: a device, or a file of something else.
        case endlessLine = 10

        public var description: String {
            switch self {
            case .unknownForm: "the form of the trace is not recognized"
            case .oldCapture: "this is a capture of the old form pcap"
            case .malformedBlock: "the block is malformed"
            case .truncated: "the file ends too early"
            case .malformedLine: "the line is not an event of a trace"
            case .newerVersion: "the trace is of a newer version"
            case .notHexadecimal: "hexadecimal bytes are missing or wrong"
            case .answerWithoutCommand: "an answer without a command before it"
            case .endlessLine: "the line does not end"
            case .unreadLinkType: "the capture has a link type that is not read"
            }
        }
    }
}
