import DurableFiles
import ISO7816
public import Records
internal import SystemPackage

/// The folder in which a host keeps its files.
///
/// Nothing is created before ``prepare()``.
public struct HostFolder: Sendable, Hashable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// The record file.
    public var records: String { path + "/host.sqlite" }
    /// The address of the database that the records are in instead, if one was chosen.
    var chosenDatabase: String { path + "/database" }
    /// The mark of the audit trail when the records were opened last.
    var recordMark: String { path + "/records.mark" }
    /// The master keys, sealed under a passphrase.
    public var sealedKeys: String { path + "/keys.sealed" }
    /// The record of an unfinished key ceremony.
    public var ceremony: String { path + "/ceremony.record" }

    /// The sealed key file.
    public var keyFile: SealedKeyFile { SealedKeyFile(at: sealedKeys) }

    /// Whether the sealed key file exists.
    public var hasKeys: Bool { FileKind.exists(sealedKeys) }

    /// Creates the folder if it does not exist, accessible by its owner only.
    ///
    /// - Throws: `HostError` `.fileUnreachable`, with the reason, such as a file that has its name or a full disk.
    public func prepare() throws(HostError) { try HostFolder.create(path) }

    /// Creates a folder and its missing parents, accessible by its owner only; does nothing if it exists.
    package static func create(_ path: String) throws(HostError) {
        do throws(FileError) {
            try Folder.create(FilePath(folder: path))
        } catch {
            throw HostError(.fileUnreachable, path, cause: error.reason)
        }
    }
}
