internal import Records
internal import ValueProtocol

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A small file that is written whole or not at all, whenever the power fails.
struct AtomicFile {
    let path: String

    /// Writes a file beside `path`, which its owner alone can read, syncs it, and puts it in its place.
    func write(_ bytes: [UInt8], replacing: Bool) throws(HostError) {
        let suffix = try RandomBytes.make(8).reduce(0) { $0 << 8 | UInt64($1) }
        let beside = "\(path).\(hexadecimal(suffix, 16))"
        let descriptor = unsafe open(beside, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw HostError(errno: errno, path) }
        do throws(HostError) {
            defer { close(descriptor) }
            try put(bytes, to: descriptor)
            guard fsync(descriptor) == 0 else { throw HostError(errno: errno, path) }
        } catch {
            _ = unsafe unlink(beside)
            throw error
        }
        // A link fails where the name is taken; a rename replaces what has it.
        let moved = unsafe replacing ? rename(beside, path) : link(beside, path)
        let reason = errno
        if moved != 0 || !replacing { _ = unsafe unlink(beside) }
        guard moved == 0 else { throw HostError(errno: reason, path) }
        try syncFolder()
    }

    /// - Throws: `HostError` `.notAKeyFile` for a file of more than `most` bytes; `.noFile`, `.fileUnreachable`.
    func read(atMost most: Int) throws(HostError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw HostError(errno: errno, path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe systemRead(descriptor, &room, room.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw HostError(errno: errno, path) }
            if count == 0 { return bytes }
            bytes += room.prefix(count)
            guard bytes.count <= most else { throw HostError(.notAKeyFile, path) }
        }
    }

    private func put(_ bytes: [UInt8], to descriptor: CInt) throws(HostError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw HostError(errno: errno, path) }
            rest = rest.dropFirst(count)
        }
    }

    /// Makes the new name last.
    private func syncFolder() throws(HostError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let folder = parts.isEmpty ? "." : parts.joined(separator: "/") + "/"
        let descriptor = unsafe open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { throw HostError(errno: errno, folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw HostError(errno: errno, folder) }
    }
}

// Within the type the system's calls of the same names are hidden.
private func systemRead(_ descriptor: CInt, _ room: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, room, count)
}

private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, bytes, count)
}
