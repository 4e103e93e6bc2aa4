import ValueElement
import ValueProtocol

/// Emulated cards in files.
enum EmulatedCard {
    /// Opens the card in the file at `path`.
    ///
    /// - Throws: `MemoryError`, `CipherError`.
    static func open(_ path: String) throws -> ValueCard {
        let memory = try MemoryFile.open(at: path)
        do {
            _ = try ValueCard.images(in: memory)
        } catch {
            // The memory does not know what it is called in the file system.
            throw MemoryError(error.code, path, cause: error.cause)
        }
        return try ValueCard(memory, name: path)
    }
}
