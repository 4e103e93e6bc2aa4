internal import DurableFiles
internal import SystemPackage

/// Records in one file. Each commit is appended and synced; a file that has grown is rewritten next to the old one and
/// renamed.
///
/// The file is locked while open, is readable by its owner only, and has the format of `RecordLog`.
public final class FileMemory: NonVolatileMemory {
    /// The file's path.
    public let path: String
    private var file: LockedFile
    private var content = RecordLog.Content()
    private let failure: FailureSwitch?

    /// Makes a new file that holds `records`.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - records: the initial records.
    ///   - failure: asked before each write.
    /// - Throws: `MemoryError` `.exists`, `.writeFailed`, `.inUse`.
    public static func create(
        at path: String, _ records: [RecordName: [UInt8]], failure: FailureSwitch? = nil
    ) throws(MemoryError) -> FileMemory {
        let memory = FileMemory(path, try LockedFile.new(path), failure)
        do {
            try memory.rewrite(records)
        } catch {
            // Otherwise a file that is not a valid memory would occupy the name.
            if error == MemoryError(.writeFailed, "") { memory.file.discard() }
            throw error
        }
        return memory
    }

    /// Opens the file at `path`; a torn write at its end is dropped.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - failure: asked before each write.
    /// - Throws: `MemoryError` `.missing`, `.unreadable`, `.inUse`, `.notMemory`, `.unknownVersion`, `.corrupt`.
    public convenience init(at path: String, failure: FailureSwitch? = nil) throws(MemoryError) {
        try self.init(try LockedFile.open(path), path, failure: failure)
    }

    /// Takes ownership of an open file.
    convenience init(_ file: LockedFile, _ path: String, failure: FailureSwitch? = nil) throws(MemoryError) {
        self.init(path, file, failure)
        _ = try load()
    }

    private init(_ path: String, _ file: LockedFile, _ failure: FailureSwitch?) {
        self.path = path
        self.file = file
        self.failure = failure
    }

    public func load() throws(MemoryError) -> [RecordName: [UInt8]] {
        if let failure, failure.isOff { throw MemoryError(.powerLost, path) }
        let bytes = try onFile(.unreadable) { () throws(FileError) in try file.readAll() }
        do throws(RecordLog.Fault) {
            content = try RecordLog.parse(bytes)
        } catch {
            switch error {
            case .notMemory: throw MemoryError(.notMemory, path)
            case .unknownVersion: throw MemoryError(.unknownVersion, path)
            case .corrupt: throw MemoryError(.corrupt, path)
            }
        }
        if content.end < bytes.count {
            try onFile(.unreadable) { () throws(FileError) in try file.truncate(to: content.end) }
        }
        return content.records
    }

    public func commit(_ changes: [RecordChange]) throws(MemoryError) {
        guard !changes.isEmpty else { return }
        var next = content.records
        for change in changes { next[change.name] = change.content }
        if content.end > FileMemory.rewriteThreshold(next) {
            try rewrite(next)
            return
        }
        let frame = RecordLog.frame(changes, serial: content.serial &+ 1)
        do throws(MemoryError) {
            try write(frame, to: file, at: content.end)
            try onFile(.writeFailed) { () throws(FileError) in try file.synchronize() }
        } catch {
            // The appended frame may already be whole: it must be truncated, or the memory must not continue.
            if error == MemoryError(.writeFailed, "") { try takeBack() }
            throw error
        }
        content.end += frame.count
        content.serial &+= 1
        content.records = next
    }

    private func takeBack() throws(MemoryError) {
        do throws(FileError) {
            try file.truncate(to: content.end)
        } catch {
            throw MemoryError(.powerLost, path, cause: error.reason)
        }
    }

    /// A file several times as long as its records is worth rewriting.
    private static func rewriteThreshold(_ records: [RecordName: [UInt8]]) -> Int {
        max(1 << 16, 8 * records.values.reduce(0) { $0 + $1.count })
    }

    private func rewrite(_ next: [RecordName: [UInt8]]) throws(MemoryError) {
        let changes = next.sorted { $0.key < $1.key }.map { RecordChange($0.key, $0.value) }
        let bytes = RecordLog.header + RecordLog.frame(changes, serial: 1)
        let fresh = try LockedFile.new(beside: path)
        do throws(MemoryError) {
            try write(bytes, to: fresh, at: 0)
            try onFile(.writeFailed) { () throws(FileError) in try fresh.replace(FilePath(file: path)) }
        } catch {
            if error == MemoryError(.writeFailed, "") { fresh.discard() }
            throw error
        }
        file = fresh
        content = RecordLog.Content(records: next, serial: 1, end: bytes.count)
        try file.settle()
    }

    private func write(_ bytes: [UInt8], to file: LockedFile, at offset: Int) throws(MemoryError) {
        guard let failure else {
            return try onFile(.writeFailed) { () throws(FileError) in try file.write(bytes, at: offset) }
        }
        guard let permit = failure.permit(bytes.count) else { throw MemoryError(.powerLost, path) }
        try onFile(.writeFailed) { () throws(FileError) in try file.write(bytes.prefix(permit.count), at: offset) }
        if permit.last { throw MemoryError(.powerLost, path) }
    }
}
