public import SystemPackage

/// A small file that is written whole or not at all, whenever power fails or the program is ended.
///
/// The bytes go to a new file beside it, which is synchronized and then gets the name; then the folder is synchronized.
/// Whoever opens the name sees the old file or the new one. A new file that was not finished can stay behind under the
/// name with 16 hexadecimal digits added, or under these alone where the name is long; it is never opened again.
public struct AtomicFile: Sendable {
    /// What has been done when a write is cut off, for tests.
    package enum Step: String, Sendable, CaseIterable, Codable {
        /// The new file exists and is empty.
        case created
        /// It holds all bytes.
        case written
        /// They are on the disk.
        case synchronized
        /// It has the name.
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

    /// Makes the file; nothing may have the name, not even a symbolic link.
    ///
    /// - Parameters:
    ///   - bytes: all that it holds.
    ///   - permissions: of the file, less the process's mask; its owner's alone where nothing is said.
    /// - Throws: `FileError` `.exists`, `.missing` (the folder), `.notPermitted`, `.diskFull`, `.notWritten`.
    public func create(
        _ bytes: [UInt8], permissions: FilePermissions = .ownerReadWrite
    ) throws(FileError) {
        try write(bytes, permissions, isExact: false) { beside throws(Errno) in
            // A link fails where the name is taken, where a rename would replace what has it.
            try SystemCalls.link(beside, to: path)
            try SystemCalls.remove(beside)
        }
    }

    /// Puts a file of these bytes in the place of what has the name: a regular file, a symbolic link (the link itself),
    /// or nothing.
    ///
    /// - Parameters:
    ///   - bytes: all that it holds.
    ///   - permissions: of the new file, less the process's mask; its owner's alone where nothing is said.
    /// - Throws: `FileError` `.notRegular` and `.isFolder` where the name is another kind's; `.missing` (the folder),
    ///   `.notPermitted`, `.diskFull`, `.notWritten`.
    public func replace(
        with bytes: [UInt8], permissions: FilePermissions = .ownerReadWrite
    ) throws(FileError) {
        try replace(with: bytes, permissions, isExact: false)
    }

    /// - Parameter isExact: whether the process's mask takes nothing from the permissions.
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

    /// Reads the file.
    ///
    /// - Throws: `FileError` `.tooLarge` where it has more than `limit` bytes; `.missing`, `.notPermitted`, `.notRead`.
    public func read(atMost limit: Int) throws(FileError) -> [UInt8] {
        try InputFile(at: path).readAll(atMost: limit)
    }

    private func write(
        _ bytes: [UInt8], _ permissions: FilePermissions, isExact: Bool, _ name: (FilePath) throws(Errno) -> Void
    ) throws(FileError) {
        let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
        let beside = path.beside("." + String(repeating: "0", count: 16 - digits.count) + digits, mayBeAlone: true)
        do throws(FileError) {
            try fill(beside, bytes, permissions, isExact: isExact)
            try attempt(path, .notWritten) { try name(beside) }
        } catch {
            discard(beside)
            // The user knows the file by its own name.
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
            // It was not made, or has to stay: why the write failed says more.
            return
        }
    }
}
