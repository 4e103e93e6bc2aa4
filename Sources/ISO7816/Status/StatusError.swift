public import Diagnostics

/// Why a command failed: it may have the status word with which the card refused.
public protocol StatusError: DiagnosticError {
    /// The card's status word, if it answered.
    var status: StatusWord? { get }
}

extension StatusError {
    /// The status word and its meaning, or the cause.
    public var detail: String {
        if let status { return " (\(status): \(status.meaning))" }
        return cause.map { " (\($0))" } ?? ""
    }
}
