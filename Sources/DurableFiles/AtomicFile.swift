public import SystemPackage

/// A small file that is written whole or not at all, even if power fails or the program is killed.
///
/// The bytes go to a new file beside it, which is synchronized and then renamed; then the folder is synchronized. Any
/// reader of the name sees the old file or the new one. An unfinished new file can remain under the name with 16
/// hexadecimal digits appended, or under the digits alone where the name is long; it is never opened again.
public struct AtomicFile: Sendable {
    /// How far a write got when it was cut off, for tests.
    package enum Step: String, Sendable, CaseIterable, Codable {
        /// The new file exists and is empty.
        case created
        /// It holds all bytes.
        case written
        /// They are on the disk.
        case synchronized
        /// It has been renamed.
        case named
        /// The folder is on the disk.
        case folderSynchronized
    }

    public let path: FilePath
    private let interruption: (@Sendable (Step) throws(FileError) -> Void)?

    public init(at path: FilePath) { self.init(at: path, interruption: nil) }

    package init(at path: FilePath, interruption: (@Sendable (Step) throws(FileError) -> Void)?) {
        self.path = path
        self.interruption = interruption
    }

    /// Creates the file; the name must be free, even of a symbolic link.
    ///
    /// - Parameters:
    ///   - bytes: the whole content.
    ///   - permissions: of the file, less the process's umask; by default only its owner's.
    /// - Throws: `FileError` `.exists`, `.missing` (the folder), `.notPermitted`, `.diskFull`, `.notWritten`;
    ///   `.notSynchronized` where the file has its name, which may not survive a power cut.
    public func create(
        _ bytes: [UInt8], permissions: FilePermissions = .ownerReadWrite
    ) throws(FileError) {
        try write(bytes, permissions, isExact: false) { beside throws(Errno) in
            // link() fails where the name exists; rename() would replace it.
            try SystemCalls.link(beside, to: path)
            try SystemCalls.remove(beside)
        }
    }

    /// Replaces what has the name by a file of these bytes: a regular file, a symbolic link (the link itself), or
    /// nothing.
    ///
    /// - Parameters:
    ///   - bytes: the whole content.
    ///   - permissions: of the new file, less the process's umask; by default only its owner's.
    /// - Throws: `FileError` `.notRegular` and `.isFolder` where something else has the name; `.missing` (the folder),
    ///   `.notPermitted`, `.diskFull`, `.notWritten`; `.notSynchronized` where the file is replaced, which may not
    ///   survive a power cut.
    public func replace(
        with bytes: [UInt8], permissions: FilePermissions = .ownerReadWrite
    ) throws(FileError) {
        try replace(with: bytes, permissions, isExact: false)
    }

    /// - Parameter isExact: whether to ignore the process's umask.
    func replace(with bytes: [UInt8], _ permissions: FilePermissions, isExact: Bool) throws(FileError) {
        switch try FileKind.ofName(path) {
        case nil, .regular, .symbolicLink: break
        case .folder: throw FileError(.isFolder, path)
        case .other: throw FileError(.notRegular, path)
        }
        try write(bytes, permissions, isExact: isExact) { beside throws(Errno) in
            try SystemCalls.rename(beside, to: path)
        }
    }

    /// Gives the file another name in its folder, in place of what has that name.
    ///
    /// - Throws: `FileError` `.missing`, `.notPermitted`, `.notWritten`; `.notSynchronized` where it has its new name, which
    ///   may not survive a power cut.
    public func move(to name: FilePath.Component) throws(FileError) {
        let target = path.folder.appending(name)
        try attempt(path, .notWritten) { try SystemCalls.rename(path, to: target) }
        try Folder.synchronize(path.folder)
    }

    /// Reads the file.
    ///
    /// - Throws: `FileError` `.tooLarge` where it has more than `limit` bytes; `.missing`, `.notPermitted`, `.notRead`.
    public func read(atMost limit: Int) throws(FileError) -> [UInt8] {
        try InputFile(at: path).readAll(atMost: limit)
    }

    private func write(
        _ bytes: [UInt8], _ permissions: FilePermissions, isExact: Bool, _ name: (FilePath) throws(Errno) -> Void
    ) throws(FileError) {
        let beside = path.unfinished()
        do throws(FileError) {
            try fill(beside, bytes, permissions, isExact: isExact)
            try attempt(path, .notWritten) { try name(beside) }
        } catch {
            discard(beside)
            // The user knows only the final name.
            throw FileError(error.code, path.description, cause: error.cause)
        }
        try interruption?(.named)
        try Folder.synchronize(path.folder)
        try interruption?(.folderSynchronized)
    }

    private func fill(
        _ beside: FilePath, _ bytes: [UInt8], _ permissions: FilePermissions, isExact: Bool
    ) throws(FileError) {
        let file = try Descriptor(
            beside, .writeOnly, [.create, .exclusiveCreate, .noFollow], permissions: permissions,
            otherwise: .notWritten)
        if isExact {
            try attempt(path, .notWritten) { try SystemCalls.setPermissions(permissions, of: file.file) }
        }
        try interruption?(.created)
        try file.write(bytes)
        try interruption?(.written)
        try file.synchronize()
        try interruption?(.synchronized)
    }

    private func discard(_ beside: FilePath) {
        do throws(Errno) {
            try SystemCalls.remove(beside)
        } catch {
            // Not created, or cannot be removed: the write's own error says more.
            return
        }
    }
}
