public import SystemPackage

/// Which file it is, whatever its path: one file can have several names and be reached by links.
public struct FileIdentity: Sendable, Hashable {
    private let device: DeviceID
    private let inode: Inode

    /// The file that a path leads to, following all symbolic links; nil where there is none.
    ///
    /// - Throws: `FileError` where the system call fails.
    public init?(of path: FilePath) throws(FileError) {
        do throws(Errno) {
            self.init(try path.stat())
        } catch {
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw FileError(error, path, otherwise: .notRead)
        }
    }

    /// This process's standard input.
    ///
    /// - Throws: `FileError` where the system call fails.
    public static func ofStandardInput() throws(FileError) -> FileIdentity {
        FileIdentity(try Descriptor(borrowing: .standardInput, name: "standard input").status())
    }

    private init(_ status: Stat) { (device, inode) = (status.deviceID, status.inode) }
}
