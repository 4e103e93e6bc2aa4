internal import DurableFiles

/// Memories in files of any format.
public enum MemoryFile {
    /// Opens the memory in the file at `path`: a ``FileMemory``, or a ``FlashMemory`` on a ``FileFlash``.
    ///
    /// - Parameter path: of the file.
    /// - Throws: `MemoryError` `.missing`, `.unreadable`, `.inUse`, `.notMemory`, `.unknownVersion`, `.corrupt`.
    public static func open(at path: String) throws(MemoryError) -> any NonVolatileMemory {
        let file = try LockedFile.open(path)
        let bytes = try onFile(.unreadable) { () throws(FileError) in try file.readAll() }
        guard FileFlash.isFlash(bytes) else { return try FileMemory(file, path) }
        return try FlashMemory(on: try FileFlash(file, path))
    }
}
