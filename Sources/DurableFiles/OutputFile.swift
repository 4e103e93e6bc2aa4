public import SystemPackage

/// A file, pipe or device that a user names for what a program makes.
public final class OutputFile: Sendable {
    private let file: Descriptor

    /// Opens the file for one piece after the other, in place of what it held.
    ///
    /// What is no regular file is written through. What the system lists in `/dev` and `/proc` is open elsewhere, such as
    /// a shell's output: it is added to and never cut off.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - permissions: of a file that is made, less the process's mask.
    /// - Throws: `FileError` `.missing` (the folder), `.isFolder`, `.notPermitted`, `.diskFull`, `.notOpened`.
    public init(at path: FilePath, permissions: FilePermissions = .ownerReadWrite) throws(FileError) {
        let options: FileDescriptor.OpenOptions =
            OutputFile.isOpenElsewhere(path) ? .append : [.create, .truncate]
        file = try Descriptor(path, .writeOnly, options, permissions: permissions)
    }

    /// Writes all bytes.
    ///
    /// - Throws: `FileError` `.diskFull`, `.tooLarge`, `.notWritten`; a part may be written then.
    public func write(_ bytes: [UInt8]) throws(FileError) { try file.write(bytes) }

    /// Writes a whole file: in place of a regular one all of it or nothing, through anything else.
    ///
    /// A symbolic link stays, and the file that it leads to is replaced.
    ///
    /// - Parameters:
    ///   - bytes: all that it is to hold.
    ///   - path: of the file.
    ///   - permissions: of the file, less the process's mask; where nothing is said, those of the file that is replaced,
    ///     or of a new one, that all can read and its owner write.
    /// - Throws: `FileError` `.missing` (the folder), `.isFolder`, `.notPermitted`, `.diskFull`, `.tooLarge`, `.notWritten`.
    public static func write(
        _ bytes: [UInt8], to path: FilePath, permissions: FilePermissions? = nil
    ) throws(FileError) {
        let kind = try FileKind.ofTarget(path)
        if kind == .folder { throw FileError(.isFolder, path) }
        guard !isOpenElsewhere(path), kind != .other else { return try writeThrough(bytes, path) }
        guard kind == .regular else {
            // A link that leads nowhere leads to the file that is made.
            guard try FileKind.ofName(path) == nil else { return try writeThrough(bytes, path) }
            return try AtomicFile(at: path).replace(with: bytes, permissions: permissions ?? readWrite)
        }
        let (target, before) = try attempt(path, .notWritten) {
            (try SystemCalls.resolve(path), try path.stat().permissions.intersection(readWriteExecute))
        }
        try AtomicFile(at: target).replace(with: bytes, permissions ?? before, isExact: permissions == nil)
    }

    private static let readWrite: FilePermissions = [.ownerReadWrite, .groupReadWrite, .otherReadWrite]

    /// The permission bits without those of set-user-ID, set-group-ID and the sticky bit.
    private static let readWriteExecute: FilePermissions = [
        .ownerReadWriteExecute, .groupReadWriteExecute, .otherReadWriteExecute,
    ]

    private static func writeThrough(_ bytes: [UInt8], _ path: FilePath) throws(FileError) {
        let file = try OutputFile(at: path).file
        try file.write(bytes)
        do throws(Errno) {
            try SystemCalls.synchronize(file.file)
        } catch {
            // A pipe or a terminal keeps nothing that could be synchronized.
            guard error == .invalidArgument || error == .notSupported else {
                throw FileError(error, path, otherwise: .notWritten)
            }
        }
    }

    private static func isOpenElsewhere(_ path: FilePath) -> Bool {
        path.starts(with: "/dev") || path.starts(with: "/proc")
    }
}
