internal import DurableFiles
internal import SystemPackage

/// The files of an authority and of the certificates that it signs.
enum PEMFile {
    /// nil where the file does not exist.
    static func read(_ path: String) throws(IdentityError) -> [UInt8]? {
        do throws(FileError) {
            return try DurableFiles.PEMFile.read(FilePath(file: path))
        } catch {
            throw IdentityError(.unreadable, path, cause: error)
        }
    }

    /// Writes a file that does not exist yet.
    static func write(_ bytes: [UInt8], to path: String, isSecret: Bool) throws(IdentityError) {
        do throws(FileError) {
            try DurableFiles.PEMFile.create(bytes, at: FilePath(file: path), isSecret: isSecret)
        } catch {
            throw IdentityError(error.code == .exists ? .exists : .unwritable, path, cause: error)
        }
    }
}
