public import SystemPackage

/// The kind of file that a name refers to.
public enum FileKind: Sendable, Hashable {
    case regular, folder, symbolicLink
    /// A device, a pipe or a socket.
    case other

    /// What the name itself is, without following a symbolic link; nil where it does not exist.
    ///
    /// - Throws: `FileError` where the system call fails.
    public static func ofName(_ path: FilePath) throws(FileError) -> FileKind? {
        try kind(path, followsLinks: false)
    }

    /// What the name leads to, following all symbolic links; nil where that does not exist.
    ///
    /// - Throws: `FileError` where the system call fails.
    public static func ofTarget(_ path: FilePath) throws(FileError) -> FileKind? {
        try kind(path, followsLinks: true)
    }

    /// Whether the name leads to something; false where the system call fails, since opening it then reports why.
    package static func exists(_ path: String) -> Bool {
        do throws(FileError) {
            return try ofTarget(FilePath(folder: path)) != nil
        } catch {
            return false
        }
    }

    private static func kind(_ path: FilePath, followsLinks: Bool) throws(FileError) -> FileKind? {
        do throws(Errno) {
            return switch try path.stat(followTargetSymlink: followsLinks).type {
            case .regular: .regular
            case .directory: .folder
            case .symbolicLink: .symbolicLink
            default: .other
            }
        } catch {
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw FileError(error, path, otherwise: .notRead)
        }
    }
}
