public import Diagnostics
internal import SystemPackage

/// Why a file cannot be used.
///
/// Two are equal when their codes are.
public struct FileError: DiagnosticError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// There is no such file, or no such folder on the way to it (ENOENT).
        case missing = 1
        /// The name exists already (EEXIST).
        case exists = 2
        /// This user is not permitted to do it, or the file system is mounted read-only (EACCES, EPERM, EROFS).
        case notPermitted = 3
        /// The disk, or the user's share of it, is full (ENOSPC, EDQUOT).
        case diskFull = 4
        /// Another program holds the file's lock, or has replaced the file.
        case locked = 5
        /// The file is larger than its reader or the system allows (EFBIG).
        case tooLarge = 6
        /// A device, a pipe, a socket or a symbolic link where a regular file is required.
        case notRegular = 7
        /// A folder where a file is required (EISDIR).
        case isFolder = 8
        /// Not a path: empty, with a zero byte in it, or too long (ENAMETOOLONG).
        case invalidName = 9
        /// The file cannot be opened for another reason.
        case notOpened = 10
        /// The file cannot be read for another reason.
        case notRead = 11
        /// The file cannot be written for another reason.
        case notWritten = 12
        /// A new name may not survive a power cut: the folder could not be written to the disk.
        case notSynchronized = 13
        /// The file is not a text in UTF-8.
        case notText = 14
        /// The file does not have the header expected.
        case wrongHeader = 15

        public var description: String {
            switch self {
            case .missing: "does not exist"
            case .exists: "exists already"
            case .notPermitted: "is not permitted"
            case .diskFull: "the disk is full"
            case .locked: "is in use by another program"
            case .tooLarge: "is too large"
            case .notRegular: "is not a regular file"
            case .isFolder: "is a folder"
            case .invalidName: "is not a valid path"
            case .notOpened: "cannot be opened"
            case .notRead: "cannot be read"
            case .notWritten: "cannot be written"
            case .notSynchronized: "may not survive a power cut"
            case .notText: "is not a text in UTF-8"
            case .wrongHeader: "is of another kind or version"
            }
        }
    }

    public let code: Code
    /// The path. Bytes that are not UTF-8 are shown as U+FFFD.
    public let subject: String
    /// The system's error number, an `Errno`; nil where no call failed.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }

    /// The cause for an error that names the file itself: the system's reason, or this error where there is none.
    public var reason: any Error { cause ?? self }

    /// The system's reason as text, or the code's where no call failed: for a message that names the file itself.
    public var explanation: String { cause.map { "\($0)" } ?? "\(code)" }
}

extension FileError {
    init(_ code: Code, _ path: FilePath) { self.init(code, path.description) }

    /// A call on `path` that failed.
    ///
    /// - Parameter other: the code for an errno that has none of its own.
    init(_ number: Errno, _ path: FilePath, otherwise other: Code) {
        let code: Code =
            switch number {
            case .noSuchFileOrDirectory: .missing
            case .fileExists: .exists
            case .permissionDenied, .notPermitted, .readOnlyFileSystem: .notPermitted
            case .noSpace, .diskQuotaExceeded: .diskFull
            case .fileTooLarge: .tooLarge
            case .isDirectory: .isFolder
            case .fileNameTooLong: .invalidName
            case .tooManySymbolicLinkLevels: .notRegular
            default: other
            }
        self.init(code, path.description, cause: number)
    }
}

/// Runs calls of swift-system on `path`.
func attempt<Value>(
    _ path: FilePath, _ other: FileError.Code, _ body: () throws -> Value
) throws(FileError) -> Value {
    do {
        return try body()
    } catch let error as FileError {
        throw error
    } catch let error as Errno {
        throw FileError(error, path, otherwise: other)
    } catch {
        throw FileError(other, path.description, cause: error)
    }
}
