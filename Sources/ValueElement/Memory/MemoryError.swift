/// Why a memory could not be read or written.
///
/// Two errors are equal when their codes are.
public struct MemoryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong; new codes may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
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
    /// The memory concerned: a file's path, or what a card is called.
    public let subject: String
    /// errno, where the system gave one.
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

    public static func == (a: MemoryError, b: MemoryError) -> Bool { a.code == b.code }
}

extension MemoryError.Code {
    /// Power went in the middle of a write.
    public static let powerLost = Self("power was lost", remedy: "Power it up again; it finds its last whole state.")
    /// The write was refused; nothing was changed.
    public static let writeFailed = Self("cannot be written", remedy: "Make room, or mend its rights, and repeat.")
    /// There is no such file.
    public static let missing = Self("is not there", remedy: "Check its name, or make a new one.")
    /// The file cannot be opened or read.
    public static let unreadable = Self("cannot be read", remedy: "Mend its rights or the disk, and repeat.")
    /// The file is there already.
    public static let exists = Self(
        "is there already", remedy: "Choose another name: a card's memory is never replaced.")
    /// Another process uses it.
    public static let inUse = Self("is in use by another program", remedy: "End the other program first.")
    /// The file is none of ours.
    public static let notMemory = Self("is no card memory", remedy: "Check the name of the file.")
    /// The file is of a version that this program does not know.
    public static let unknownVersion = Self("is of a newer version", remedy: "Use a newer program.")
    /// What is written there cannot be what was written.
    public static let corrupt = Self(
        "is damaged", remedy: "Restore it from a backup; its value is in the host's records.")
}
