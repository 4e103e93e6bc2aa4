public import SystemPackage

/// A file, pipe or device that a user names for a program's output.
public final class OutputFile: Sendable {
    private let file: Descriptor

    /// Opens the file for writing piece by piece, replacing its content.
    ///
    /// Anything but a regular file is written through. `/dev/fd`, `/dev/stdin`, `/dev/stdout`, `/dev/stderr` and names
    /// in `/proc` are of files that are open elsewhere, such as a shell's output: they are appended to and never
    /// truncated.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - permissions: of a file that is created, less the process's umask.
    /// - Throws: `FileError` `.missing` (the folder), `.isFolder`, `.notPermitted`, `.diskFull`, `.notOpened`.
    public init(at path: FilePath, permissions: FilePermissions = .ownerReadWrite) throws(FileError) {
        let options: FileDescriptor.OpenOptions =
            OutputFile.isOpenElsewhere(path) ? .append : [.create, .truncate]
        file = try Descriptor(path, .writeOnly, options, permissions: permissions)
    }

    /// Writes all bytes.
    ///
    /// - Throws: `FileError` `.diskFull`, `.tooLarge`, `.notWritten`; a part may have been written.
    public func write(_ bytes: [UInt8]) throws(FileError) { try file.write(bytes) }

    /// Writes a whole file: a regular one is replaced atomically, anything else is written through.
    ///
    /// A symbolic link stays, and its target is replaced.
    ///
    /// - Parameters:
    ///   - bytes: the whole content.
    ///   - path: of the file.
    ///   - permissions: of the file, less the process's umask; by default those of the file that is replaced, and for a
    ///     new one, readable by all and writable by its owner.
    /// - Throws: `FileError` `.missing` (the folder), `.isFolder`, `.notPermitted`, `.diskFull`, `.tooLarge`,
    ///   `.notWritten`.
    public static func write(
        _ bytes: [UInt8], to path: FilePath, permissions: FilePermissions? = nil
    ) throws(FileError) {
        let kind = try FileKind.ofTarget(path)
        if kind == .folder { throw FileError(.isFolder, path) }
        guard !isOpenElsewhere(path), kind != .other else { return try writeThrough(bytes, path) }
        guard kind == .regular else {
            // A dangling link leads to the file that is created.
            guard try FileKind.ofName(path) == nil else { return try writeThrough(bytes, path) }
            return try AtomicFile(at: path).replace(with: bytes, permissions: permissions ?? readWrite)
        }
        let (target, before) = try attempt(path, .notWritten) {
            (try SystemCalls.resolve(path), try path.stat().permissions.intersection(readWriteExecute))
        }
        try AtomicFile(at: target).replace(with: bytes, permissions ?? before, isExact: permissions == nil)
    }

    private static let readWrite: FilePermissions = [.ownerReadWrite, .groupReadWrite, .otherReadWrite]

    /// The permission bits without set-user-ID, set-group-ID and the sticky bit.
    private static let readWriteExecute: FilePermissions = [
        .ownerReadWriteExecute, .groupReadWriteExecute, .otherReadWriteExecute,
    ]

    private static func writeThrough(_ bytes: [UInt8], _ path: FilePath) throws(FileError) {
        let file = try OutputFile(at: path).file
        try file.write(bytes)
        do throws(Errno) {
            try SystemCalls.synchronize(file.file)
        } catch {
            // A pipe or a terminal cannot be synchronized.
            guard error == .invalidArgument || error == .notSupported else {
                throw FileError(error, path, otherwise: .notWritten)
            }
        }
    }

    private static let openElsewhere: [FilePath] = ["/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/proc"]

    private static func isOpenElsewhere(_ path: FilePath) -> Bool {
        openElsewhere.contains { path.starts(with: $0) }
    }
}
