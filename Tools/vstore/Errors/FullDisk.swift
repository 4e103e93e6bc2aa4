import Diagnostics
import DurableFiles
import Records
import SystemPackage

/// A disk, or the user's share of one, that is full.
enum FullDisk {
    /// What to do where the place is the program's own.
    static let remedy = "Free some space, or choose another place with --home."

    /// Whether it is why `error` occurred.
    static func isCause(of error: any Error) -> Bool {
        var next: (any Error)? = error
        while let error = next {
            if let number = error as? Errno { return number == .noSpace || number == .diskQuotaExceeded }
            if let error = error as? FileError, error.code == .diskFull { return true }
            // Of a database.
            if let error = error as? HostError, error.code == .diskFull { return true }
            next = (error as? any DiagnosticError)?.cause
        }
        return false
    }

    /// What is said of a file that the user named.
    ///
    /// - Parameter option: by which another place is named.
    static func text(_ name: String, option: String) -> String {
        "\(name): no space left on its disk: free some, or choose another place with \(option)."
    }
}
