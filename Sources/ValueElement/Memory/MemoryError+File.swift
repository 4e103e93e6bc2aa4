internal import DurableFiles
internal import SystemPackage

extension MemoryError {
    /// A file that could not be used.
    ///
    /// - Parameter other: the code for errors other than an existing name, a locked file, and a folder or a device.
    init(_ error: FileError, otherwise other: Code) {
        let code: Code =
            switch error.code {
            case .exists: .exists
            case .locked: .inUse
            case .isFolder, .notRegular: .notMemory
            default: other
            }
        self.init(code, error.subject, cause: error.reason)
    }
}

/// Maps errors of the file to errors of the memory in it.
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
    /// Opens the file of an existing memory.
    ///
    /// - Throws: `MemoryError` `.missing`, `.unreadable`, `.inUse`.
    static func open(_ path: String) throws(MemoryError) -> LockedFile {
        do throws(FileError) {
            return try LockedFile(at: FilePath(file: path))
        } catch {
            throw MemoryError(error, otherwise: error.code == .missing ? .missing : .unreadable)
        }
    }

    /// Creates a file for a new memory. One that is empty never became a memory, since its program was killed: it is used.
    ///
    /// - Throws: `MemoryError` `.exists`, `.writeFailed`, `.inUse`.
    static func new(_ path: String) throws(MemoryError) -> LockedFile {
        try onFile(.writeFailed) { () throws(FileError) in
            let path = try FilePath(file: path)
            do throws(FileError) {
                return try create(at: path)
            } catch {
                let taken = error
                guard taken.code == .exists, try FileKind.ofName(path) == .regular else { throw taken }
                do throws(FileError) {
                    let left = try LockedFile(at: path)
                    if try left.readAll().isEmpty { return left }
                } catch {
                    // With another program it is a memory, or becomes one.
                    guard error.code == .locked else { throw error }
                }
                throw taken
            }
        }
    }

    /// Creates a file that is to replace the one at `path`.
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

    /// Syncs the file's name to the disk.
    ///
    /// - Throws: `MemoryError` `.powerLost`, since it is unknown what a power cut would leave.
    func settle() throws(MemoryError) {
        do throws(FileError) {
            try synchronizeFolder()
        } catch {
            throw MemoryError(.powerLost, error.subject, cause: error.reason)
        }
    }

    /// Deletes a file that did not become a memory.
    func discard() {
        do throws(FileError) {
            try remove()
        } catch {
            // The file remains. The original error says more than the failed deletion, and is the one thrown.
            return
        }
    }
}
