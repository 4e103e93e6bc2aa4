public import SystemPackage

/// Files with certificates and keys as text (PEM, RFC 7468).
public enum PEMFile {
    /// Maximum size of a file: a certificate with its chain has a few kilobytes.
    public static let maxBytes = 1 << 16

    /// Reads a file.
    ///
    /// - Returns: its bytes; nil where no such file exists.
    /// - Throws: `FileError` `.notText` where it is not UTF-8, `.wrongHeader` where it has no `-----BEGIN `; `.tooLarge`,
    ///   `.isFolder`, `.notPermitted`, `.notRead`.
    public static func read(_ path: FilePath) throws(FileError) -> [UInt8]? {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try AtomicFile(at: path).read(atMost: maxBytes)
        } catch {
            guard error.code == .missing else { throw error }
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw FileError(.notText, path) }
        guard text.contains("-----BEGIN ") else { throw FileError(.wrongHeader, path) }
        return bytes
    }

    /// Creates a file; the name must be free.
    ///
    /// - Parameters:
    ///   - bytes: the text.
    ///   - path: of the file.
    ///   - isSecret: whether only its owner can read it; otherwise all can.
    /// - Throws: `FileError` `.exists`, `.missing` (the folder), `.notPermitted`, `.diskFull`, `.notWritten`.
    public static func create(_ bytes: [UInt8], at path: FilePath, isSecret: Bool) throws(FileError) {
        try AtomicFile(at: path).create(
            bytes, permissions: isSecret ? .ownerReadWrite : [.ownerReadWrite, .groupRead, .otherRead])
    }
}
