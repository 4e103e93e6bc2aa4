import Foundation
import Records

extension ShardSpread {
    /// Reads the file that an address names; nil where it is the address of a database, which has `://` or `=`.
    ///
    /// - Throws: `Failure`; `HostError` `.spreadInvalid`.
    static func file(_ address: String) throws -> ShardSpread? {
        guard isFile(address) else { return nil }
        return try ShardSpread(try TextFile.read(address), path: address)
    }

    /// An address, or the path of a file from any folder.
    static func absolute(_ address: String) -> String {
        guard isFile(address), !address.hasPrefix("/") else { return address }
        return FileManager.default.currentDirectoryPath + "/" + address
    }

    static func isFile(_ address: String) -> Bool { !address.contains("://") && !address.contains("=") }
}
