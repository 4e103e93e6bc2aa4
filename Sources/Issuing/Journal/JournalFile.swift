internal import DurableFiles
internal import SystemPackage

/// The lines of a journal or of results, each synced to stable storage.
struct JournalFile {
    private let file: AppendOnlyFile

    /// Opens the file, or creates it.
    ///
    /// - Throws: `JournalError` `.unreadable`, `.inUse`, `.wrongKind`, `.damaged`, `.notWritten`.
    init(path: String, header: String) throws(JournalError) {
        do throws(FileError) {
            file = try AppendOnlyFile(at: FilePath(file: path), header: header)
        } catch {
            throw JournalError(error)
        }
    }

    /// The lines found when it was opened.
    var lines: [String] { file.lines }

    /// Appends a line and waits until it is on stable storage. On failure the file is as before.
    ///
    /// - Throws: `JournalError` `.notWritten`.
    func append(_ line: String) throws(JournalError) {
        do throws(FileError) {
            try file.append(line)
        } catch {
            throw JournalError(.notWritten, error.subject, cause: error.reason)
        }
    }
}

extension JournalError {
    /// A file that could not be opened.
    fileprivate init(_ error: FileError) {
        switch error.code {
        case .wrongHeader: self.init(.wrongKind, error.subject)
        case .notText: self.init(.damaged, error.subject)
        case .locked: self.init(.inUse, error.subject, cause: error.cause)
        case .diskFull, .tooLarge, .notWritten, .notSynchronized:
            self.init(.notWritten, error.subject, cause: error.reason)
        default: self.init(.unreadable, error.subject, cause: error.reason)
        }
    }
}
