public import Diagnostics

/// Why a dictionary of APDUs cannot be used.
///
/// Two errors are equal when their codes and files are.
public struct DictionaryError: DiagnosticError {
    /// What is wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The file cannot be read.
        case unreadable = 1
        /// The file is not a dictionary.
        case malformed = 2
        /// A command, field or tag refers to a layout or a table of values that is not in the file.
        case unknownReference = 3

        public var description: String {
            switch self {
            case .unreadable: "cannot be read"
            case .malformed: "is not a dictionary of APDUs"
            case .unknownReference: "names a layout or values that it does not have"
            }
        }
    }

    /// What is wrong.
    public let code: Code
    /// The file.
    public let file: String
    /// The location in the file and the details.
    public let fault: String

    init(_ code: Code, file: String, detail: String) {
        self.code = code
        self.file = file
        fault = detail
    }

    public var subject: String { "dictionary \(file)" }
    public var description: String { "\(subject) \(code): \(fault)" }
    public static func == (a: DictionaryError, b: DictionaryError) -> Bool { a.code == b.code && a.file == b.file }
}
