internal import DurableFiles
internal import SystemPackage

extension MemoryError {
    /// A file that could not be used.
    ///
    /// - Parameter other: the code for what is neither a name that is taken nor a file that is locked.
    init(_ error: FileError, otherwise other: Code) {
        let code: Code =
            switch error.code {
            case .exists: .exists
            case .locked: .inUse
            default: other
            }
        self.init(code, error.subject, cause: error.reason)
    }
}

/// Makes errors of the file those of the memory in it.
func onFile<Value>(
    _ other: MemoryError.Code, _ body: () throws(FileError) -> Value
) throws(MemoryError) -> Value {
    do throws(FileError) {
        return try body()
    } catch {
        throw MemoryError(error, otherwise: other)
    }
}

extension LockedFile {
    /// The file of a memory that exists.
    ///
    /// - Throws: `MemoryError` `.missing`, `.unreadable`, `.inUse`.
    static func open(_ path: String) throws(MemoryError) -> LockedFile {
        do throws(FileError) {
            return try LockedFile(at: FilePath(file: path))
        } catch {
            throw MemoryError(error, otherwise: error.code == .missing ? .missing : .unreadable)
        }
    }

    /// A new file for a memory.
    ///
    /// - Throws: `MemoryError` `.exists`, `.writeFailed`, `.inUse`.
    static func new(_ path: String) throws(MemoryError) -> LockedFile {
        try onFile(.writeFailed) { () throws(FileError) in try create(at: FilePath(file: path)) }
    }

    /// A file that is to take the place of the one at `path`.
    ///
    /// - Throws: `MemoryError` `.writeFailed`, `.inUse`.
    static func new(beside path: String) throws(MemoryError) -> LockedFile {
        do throws(FileError) {
            return try create(beside: FilePath(file: path))
        } catch {
            throw error.code == .exists
                ? MemoryError(.writeFailed, error.subject, cause: error.reason)
                : MemoryError(error, otherwise: .writeFailed)
        }
    }

    /// Has the name on the disk.
    ///
    /// - Throws: `MemoryError` `.powerLost`, since nobody knows what a power cut would leave.
    func settle() throws(MemoryError) {
        do throws(FileError) {
            try synchronizeFolder()
        } catch {
            throw MemoryError(.powerLost, error.subject, cause: error.reason)
        }
    }

    /// Takes away a file that did not become a memory.
    func discard() {
        do throws(FileError) {
            try remove()
        } catch {
            // It stays in the way. Why it did not become a memory says more than that, and is thrown.
            return
        }
    }
}
