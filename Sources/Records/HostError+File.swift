package import DurableFiles

extension HostError {
    /// A file that could not be used, as a `HostError`.
    package init(_ error: FileError) {
        let code: Code =
            switch error.code {
            case .missing: .noFile
            case .exists: .fileExists
            case .diskFull: .diskFull
            default: .fileUnreachable
            }
        self.init(code, error.subject, cause: error.reason)
    }
}
