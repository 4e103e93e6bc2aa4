internal import ValueProtocol

/// Emulated cards in files.
extension ValueCard {
    /// Opens the card whose memory is the file at `path`.
    ///
    /// - Throws: `MemoryError`, naming the path; `CryptoError`.
    public static func open(at path: String) throws -> ValueCard {
        let memory = try MemoryFile.open(at: path)
        do {
            _ = try ValueCard.images(in: memory)
        } catch {
            // The memory does not know its file name.
            throw MemoryError(error.code, path, cause: error.cause)
        }
        return try ValueCard(memory, name: path)
    }
}
