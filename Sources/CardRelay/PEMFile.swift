internal import COpenSSL

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Small files in PEM.
enum PEMFile {
    /// Nil where there is none.
    static func read(_ path: String) throws(RelayAuthorityError) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw RelayAuthorityError(.unreadable, path, detail: reason())
        }
        defer { close(descriptor) }
        // A certificate with its chain has a few kilobytes.
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe systemRead(descriptor, &bytes, bytes.count)
        guard count > 0 else { throw RelayAuthorityError(.unreadable, path) }
        return Array(bytes.prefix(count))
    }

    /// Writes a file that is not there yet.
    static func write(_ bytes: [UInt8], to path: String, isSecret: Bool) throws(RelayAuthorityError) {
        let descriptor = unsafe open(
            path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, isSecret ? 0o600 : 0o644)
        guard descriptor >= 0 else {
            throw RelayAuthorityError(errno == EEXIST ? .exists : .unwritable, path, detail: reason())
        }
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { source in
                unsafe systemWrite(descriptor, source.baseAddress?.advanced(by: done), source.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw RelayAuthorityError(.unwritable, path, detail: reason()) }
            done += count
        }
        guard fsync(descriptor) == 0 else { throw RelayAuthorityError(.unwritable, path, detail: reason()) }
    }

    private static func reason() -> String {
        guard let text = unsafe strerror(errno) else { return "" }
        return unsafe " (\(String(cString: text)))"
    }
}

private func systemRead(_ descriptor: CInt, _ room: UnsafeMutableRawPointer, _ count: Int) -> Int {
    unsafe read(descriptor, room, count)
}

private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, bytes, count)
}
