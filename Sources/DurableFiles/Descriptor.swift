internal import SystemPackage

/// An open file, closed when this object is released.
final class Descriptor: Sendable {
    let path: FilePath
    let file: FileDescriptor
    private let isOwned: Bool
    /// Whether a lock of the open file may be its owner's.
    private let isShared: Bool

    /// Opens a file; `permissions` are those of a file that is created.
    init(
        _ path: FilePath, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions,
        permissions: FilePermissions? = nil, otherwise other: FileError.Code = .notOpened
    ) throws(FileError) {
        self.path = path
        (isOwned, isShared) = (true, false)
        file = try attempt(path, other) {
            try FileDescriptor.open(path, mode, options: options.union(.closeOnExec), permissions: permissions)
        }
    }

    /// Another descriptor of an open file, with the same position in it.
    init(duplicating open: FileDescriptor, name: FilePath) throws(FileError) {
        path = name
        (isOwned, isShared) = (true, true)
        file = try attempt(name, .notOpened) { () throws(Errno) in try SystemCalls.duplicate(open) }
    }

    /// Borrows a descriptor that somebody else closes.
    init(borrowing file: FileDescriptor, name: String) {
        path = FilePath(name)
        (isOwned, isShared) = (false, true)
        self.file = file
    }

    deinit {
        guard isOwned else { return }
        // A forked process that has not called exec yet shares this open file and would keep the lock: so it is
        // released here and not only by closing.
        if !isShared { SystemCalls.unlock(file) }
        do {
            try file.close()
        } catch {
            // Anything that has to be on the disk was synchronized before; nothing was promised of the rest.
            return
        }
    }

    /// What kind of file it is.
    func status() throws(FileError) -> Stat {
        let file = file
        return try attempt(path, .notRead) { try file.stat() }
    }

    /// - Throws: `FileError` `.notRegular`, `.isFolder`.
    func requireRegular() throws(FileError) {
        switch try status().type {
        case .regular: return
        case .directory: throw FileError(.isFolder, path)
        default: throw FileError(.notRegular, path)
        }
    }

    /// Locks the file under its name against other programs.
    ///
    /// - Throws: `FileError` `.locked`.
    func lock() throws(FileError) {
        do throws(Errno) {
            try SystemCalls.lock(file)
        } catch {
            guard error == .wouldBlock || error == .resourceTemporarilyUnavailable else {
                throw FileError(error, path, otherwise: .notOpened)
            }
            throw FileError(.locked, path.description, cause: error)
        }
        // The lock is on the file, not on its name: another program may have renamed a new file over it meanwhile.
        let held = try status()
        let named: Stat
        do throws(Errno) {
            named = try path.stat()
        } catch {
            throw FileError(.locked, path.description, cause: error)
        }
        guard held.deviceID == named.deviceID, held.inode == named.inode else { throw FileError(.locked, path) }
    }

    /// Reads up to `buffer.count` bytes from the current position.
    func read(into buffer: inout [UInt8]) throws(FileError) -> Int {
        let file = file
        return try attempt(path, .notRead) {
            try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
        }
    }

    /// Reads all of a regular file.
    func readAll() throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let file = file
        while true {
            let offset = Int64(bytes.count)
            let count = try attempt(path, .notRead) {
                try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(fromAbsoluteOffset: offset, into: $0) }
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Writes all bytes at the current position.
    func write(_ bytes: some Collection<UInt8>) throws(FileError) {
        let file = file
        _ = try attempt(path, .notWritten) { try file.writeAll(bytes) }
    }

    /// Writes all bytes at an offset.
    func write(_ bytes: some Collection<UInt8>, at offset: Int) throws(FileError) {
        let file = file
        _ = try attempt(path, .notWritten) { try file.writeAll(toAbsoluteOffset: Int64(offset), bytes) }
    }

    /// Waits until content and size are on the disk.
    func synchronize(otherwise other: FileError.Code = .notWritten) throws(FileError) {
        let file = file
        try attempt(path, other) { try SystemCalls.synchronize(file) }
    }

    func synchronizeData() throws(FileError) {
        let file = file
        try attempt(path, .notWritten) { try SystemCalls.synchronizeData(file) }
    }

    /// Truncates the file, durably.
    func truncate(to count: Int) throws(FileError) {
        let file = file
        try attempt(path, .notWritten) { try file.resize(to: Int64(count)) }
        try synchronize()
    }
}
