public import SystemPackage

/// What has a name.
public enum FileKind: Sendable, Hashable {
    case regular, folder, symbolicLink
    /// A device, a pipe or a socket.
    case other

    /// What has the name itself, be it a symbolic link; nil where nothing has.
    ///
    /// - Throws: `FileError` where the system does not tell.
    public static func ofName(_ path: FilePath) throws(FileError) -> FileKind? {
        try kind(path, followsLinks: false)
    }

    /// What the name leads to over all symbolic links; nil where there is nothing.
    ///
    /// - Throws: `FileError` where the system does not tell.
    public static func ofTarget(_ path: FilePath) throws(FileError) -> FileKind? {
        try kind(path, followsLinks: true)
    }

    /// Whether the name leads to something; where the system does not tell it does not, and opening it tells why.
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
