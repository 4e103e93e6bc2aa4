public import ISO7816

/// Why a memory could not be read or written.
public struct MemoryError: DiagnosticError {
    public typealias Code = ErrorCode<MemoryError>

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

    public var detail: String { errno.map { " (errno \($0))" } ?? "" }
}

extension MemoryError.Code {
    /// Power went in the middle of a write.
    public static var powerLost: Self {
        Self("power was lost", remedy: "Power it up again; it finds its last whole state.")
    }
    /// The write was refused; nothing was changed.
    public static var writeFailed: Self {
        Self("cannot be written", remedy: "Make room, or mend its rights, and repeat.")
    }
    /// There is no such file.
    public static var missing: Self { Self("is not there", remedy: "Check its name, or make a new one.") }
    /// The file cannot be opened or read.
    public static var unreadable: Self { Self("cannot be read", remedy: "Mend its rights or the disk, and repeat.") }
    /// The file is there already.
    public static var exists: Self {
        Self("is there already", remedy: "Choose another name: a card's memory is never replaced.")
    }
    /// Another process uses it.
    public static var inUse: Self { Self("is in use by another program", remedy: "End the other program first.") }
    /// The file is none of ours.
    public static var notMemory: Self { Self("is no card memory", remedy: "Check the name of the file.") }
    /// The file is of a version that this program does not know.
    public static var unknownVersion: Self { Self("is of a newer version", remedy: "Use a newer program.") }
    /// What is written there cannot be what was written.
    public static var corrupt: Self {
        Self("is damaged", remedy: "Restore it from a backup; its value is in the host's records.")
    }
}
