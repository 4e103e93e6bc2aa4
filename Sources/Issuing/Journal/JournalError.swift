/// Why a journal or a result file cannot be used.
///
/// Two errors are equal when their codes are.
public struct JournalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong; new codes may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// What went wrong, in words.
        public let description: String
        /// What to do next.
        public let remedy: String

        public init(_ description: String, remedy: String) {
            self.description = description
            self.remedy = remedy
        }

        public static func == (a: Code, b: Code) -> Bool { a.description == b.description }
        public func hash(into hasher: inout Hasher) { hasher.combine(description) }
    }

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

    public var description: String {
        let number = errno.map { " (errno \($0))" } ?? ""
        return "\(subject): \(code)\(number). \(code.remedy)"
    }

    public static func == (a: JournalError, b: JournalError) -> Bool { a.code == b.code }
}

extension JournalError.Code {
    /// The file cannot be opened or read.
    public static let unreadable = Self("cannot be opened", remedy: "See that the path is right and yours.")
    /// Another program has it open.
    public static let inUse = Self("another program is using it", remedy: "End that program first.")
    /// It could not be written to stable storage.
    public static let notWritten = Self(
        "cannot be written", remedy: "Make room on the disk; nothing was sent to the card that is not written down.")
    /// A whole line is wrong, so the file was altered.
    public static let damaged = Self(
        "the line is damaged", remedy: "Restore the file from its copy; do not issue cards without it.")
    /// It was written by a newer version, or is another file.
    public static let wrongKind = Self(
        "is no file of this kind and version", remedy: "Name the right file, or use the newer program.")
}
