public import ISO7816

/// Why a journal or a result file cannot be used.
public struct JournalError: DiagnosticError {
    public typealias Code = ErrorCode<JournalError>

    public let code: Code
    /// The file, and the line where one is concerned.
    public let subject: String
    /// The system's error number, where it gave one.
    public let errno: Int32?

    public init(_ code: Code, _ subject: String, errno: Int32? = nil) {
        self.code = code
        self.subject = subject
        self.errno = errno
    }

    public var detail: String { errno.map { " (errno \($0))" } ?? "" }
}

extension JournalError.Code {
    /// The file cannot be opened or read.
    public static var unreadable: Self { Self("cannot be opened", remedy: "See that the path is right and yours.") }
    /// Another program has it open.
    public static var inUse: Self { Self("another program is using it", remedy: "End that program first.") }
    /// It could not be written to stable storage.
    public static var notWritten: Self {
        Self(
            "cannot be written", remedy: "Make room on the disk; nothing was sent to the card that is not written down."
        )
    }
    /// A whole line is wrong, so the file was altered.
    public static var damaged: Self {
        Self("the line is damaged", remedy: "Restore the file from its copy; do not issue cards without it.")
    }
    /// It was written by a newer version, or is another file.
    public static var wrongKind: Self {
        Self("is no file of this kind and version", remedy: "Name the right file, or use the newer program.")
    }
}
