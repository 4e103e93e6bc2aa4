public import SystemPackage

/// A file, pipe or device that a user names for a program's output.
public final class OutputFile: Sendable {
    private let file: Descriptor

    /// Opens the file for writing piece by piece, replacing its content.
    ///
    /// Anything but a regular file is written through. `/dev/fd`, `/dev/stdin`, `/dev/stdout`, `/dev/stderr` and names
    /// in `/proc`, and symbolic links to them, are of files that are open elsewhere, such as a shell's output: they are
    /// never truncated. Those of this process are written where it stands in them, others are appended to.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - permissions: of a file that is created, less the process's umask.
    /// - Throws: `FileError` `.missing` (the folder), `.isFolder`, `.notPermitted`, `.diskFull`, `.notOpened`.
    public init(at path: FilePath, permissions: FilePermissions = .ownerReadWrite) throws(FileError) {
        file = try OutputFile.open(path, permissions)
    }

    static func open(_ path: FilePath, _ permissions: FilePermissions) throws(FileError) -> Descriptor {
        guard let name = nameOfOpenFile(path) else {
            return try Descriptor(path, .writeOnly, [.create, .truncate], permissions: permissions)
        }
        // Opened anew, a file would have a position of its own, and what a shell writes next would fall on this.
        if let number = ownDescriptor(name) {
            return try Descriptor(duplicating: FileDescriptor(rawValue: number), name: path)
        }
        return try Descriptor(path, .writeOnly, .append, permissions: permissions)
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
        switch try Destination(path) {
        case .writtenThrough: try writeThrough(bytes, path)
        case .created: try AtomicFile(at: path).replace(with: bytes, permissions: permissions ?? readWrite)
        case .replaced(let target, let before):
            try AtomicFile(at: target).replace(with: bytes, permissions ?? before, isExact: permissions == nil)
        }
    }

    /// What becomes of a name that is written to as a whole.
    enum Destination {
        case writtenThrough
        /// The name is free.
        case created
        /// The regular file that the name leads to, and its permissions.
        case replaced(target: FilePath, FilePermissions)

        init(_ path: FilePath) throws(FileError) {
            let kind = try FileKind.ofTarget(path)
            if kind == .folder { throw FileError(.isFolder, path) }
            if nameOfOpenFile(path) != nil || kind == .other {
                self = .writtenThrough
            } else if kind == .regular {
                self = try attempt(path, .notWritten) {
                    .replaced(
                        target: try SystemCalls.resolve(path),
                        try path.stat().permissions.intersection(readWriteExecute))
                }
            } else {
                // A dangling link leads to the file that is created.
                self = try FileKind.ofName(path) == nil ? .created : .writtenThrough
            }
        }
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

    /// The name, or one that its symbolic links pass, of a file that is open elsewhere; nil where it is none.
    ///
    /// The links are followed one by one: resolved at once, `/dev/stdout` is the file to which a shell sends its output.
    private static func nameOfOpenFile(_ path: FilePath) -> FilePath? {
        var name = path
        // As many as Linux follows; a longer chain cannot be opened.
        for _ in 0...40 {
            if openElsewhere.contains(where: { name.starts(with: $0) }) { return name }
            do throws(Errno) {
                // A target that is absolute replaces the folder.
                name = name.folder.pushing(FilePath(try SystemCalls.target(of: name))).lexicallyNormalized()
            } catch {
                return nil
            }
        }
        return nil
    }

    /// This process's descriptor of a name in `/dev/fd` or `/proc/self/fd`; nil for another name.
    private static func ownDescriptor(_ name: FilePath) -> CInt? {
        switch name {
        case "/dev/stdin": return 0
        case "/dev/stdout": return 1
        case "/dev/stderr": return 2
        default: break
        }
        let folder = name.removingLastComponent()
        guard folder == "/dev/fd" || folder == "/proc/self/fd" else { return nil }
        return name.lastComponent.flatMap { CInt($0.string) }
    }
}
