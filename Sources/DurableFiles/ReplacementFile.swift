public import SystemPackage

/// A file that a user names for a program's output, written piece by piece and put in its place once it is complete.
///
/// Until ``finish()`` a regular file keeps its content: the bytes go to a new file beside it, which is removed where
/// the output stays unfinished. Anything else, such as a device, a pipe or a shell's output, is written through.
public final class ReplacementFile {
    private let path: FilePath
    private let file: Descriptor
    /// The new file and the name that it gets; nil where the output is written through.
    private var replacement: (beside: FilePath, target: FilePath)?

    /// Opens the file.
    ///
    /// - Parameters:
    ///   - path: of the file. A symbolic link stays, and its target is replaced.
    ///   - permissions: of a file that is created, less the process's umask; one that is replaced keeps its own.
    /// - Throws: `FileError` `.missing` (the folder), `.isFolder`, `.notPermitted`, `.diskFull`, `.notOpened`.
    public init(at path: FilePath, permissions: FilePermissions = .ownerReadWrite) throws(FileError) {
        self.path = path
        switch try OutputFile.Destination(path) {
        case .writtenThrough: file = try OutputFile.open(path, permissions)
        case .created:
            (file, replacement) = try Self.create(for: path, permissions, path)
        case .replaced(let target, let before):
            (file, replacement) = try Self.create(for: target, before, path)
            let file = file
            try attempt(path, .notOpened) { try SystemCalls.setPermissions(before, of: file.file) }
        }
    }

    deinit {
        guard let replacement else { return }
        do throws(Errno) {
            try SystemCalls.remove(replacement.beside)
        } catch {
            // It cannot be removed; the file itself is unchanged.
            return
        }
    }

    /// Writes all bytes.
    ///
    /// - Throws: `FileError` `.diskFull`, `.tooLarge`, `.notWritten`.
    public func write(_ bytes: [UInt8]) throws(FileError) {
        try named { () throws(FileError) in try file.write(bytes) }
    }

    /// Puts a regular file in its place; it is on stable storage when this returns.
    ///
    /// - Throws: `FileError` `.diskFull`, `.notPermitted`, `.notWritten`, `.notSynchronized`.
    public func finish() throws(FileError) {
        guard let (beside, target) = replacement else { return }
        try named { () throws(FileError) in
            try file.synchronize()
            try attempt(path, .notWritten) { try SystemCalls.rename(beside, to: target) }
            replacement = nil
            try Folder.synchronize(target.folder)
        }
    }

    private static func create(
        for target: FilePath, _ permissions: FilePermissions, _ path: FilePath
    ) throws(FileError) -> (Descriptor, (beside: FilePath, target: FilePath)) {
        let beside = target.unfinished()
        do throws(FileError) {
            let file = try Descriptor(
                beside, .writeOnly, [.create, .exclusiveCreate, .noFollow], permissions: permissions)
            return (file, (beside, target))
        } catch {
            throw FileError(error.code, path.description, cause: error.cause)
        }
    }

    /// The user knows only the final name.
    private func named(_ body: () throws(FileError) -> Void) throws(FileError) {
        do throws(FileError) {
            try body()
        } catch {
            throw FileError(error.code, path.description, cause: error.cause)
        }
    }
}
