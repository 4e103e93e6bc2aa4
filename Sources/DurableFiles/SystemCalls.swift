internal import SystemPackage

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The file calls that swift-system does not have.
enum SystemCalls {
    /// Waits until content and size are on the disk.
    static func synchronize(_ file: FileDescriptor) throws(Errno) {
        #if canImport(Darwin)
        // On macOS fsync leaves the bytes in the drive's cache.
        if fcntl(file.rawValue, F_FULLFSYNC) == 0 { return }
        #endif
        try check { fsync(file.rawValue) }
    }

    /// As ``synchronize(_:)``, without the file's timestamps.
    static func synchronizeData(_ file: FileDescriptor) throws(Errno) {
        #if canImport(Darwin)
        try synchronize(file)
        #else
        try check { fdatasync(file.rawValue) }
        #endif
    }

    /// Locks the whole file for this descriptor, without waiting; it is released with the descriptor.
    static func lock(_ file: FileDescriptor) throws(Errno) {
        try check { flock(file.rawValue, LOCK_EX | LOCK_NB) }
    }

    /// Releases the lock of `lock`, for every process that shares the descriptor; does nothing where there is none.
    static func unlock(_ file: FileDescriptor) { _ = flock(file.rawValue, LOCK_UN) }

    /// Another descriptor of the open file, which a program that this one starts does not inherit.
    static func duplicate(_ file: FileDescriptor) throws(Errno) -> FileDescriptor {
        let copy = fcntl(file.rawValue, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: copy)
    }

    static func setPermissions(_ permissions: FilePermissions, of file: FileDescriptor) throws(Errno) {
        try check { fchmod(file.rawValue, permissions.rawValue) }
    }

    /// Renames a file, replacing whatever has the new name.
    static func rename(_ from: FilePath, to path: FilePath) throws(Errno) {
        try check { unsafe withNames(from, path) { unsafe systemRename($0, $1) } }
    }

    /// Adds a name (hard link) to a file; it must be free.
    static func link(_ from: FilePath, to path: FilePath) throws(Errno) {
        try check { unsafe withNames(from, path) { unsafe systemLink($0, $1) } }
    }

    static func remove(_ path: FilePath) throws(Errno) {
        try check { unsafe path.withPlatformString { unsafe unlink($0) } }
    }

    static func makeFolder(_ path: FilePath, _ permissions: FilePermissions) throws(Errno) {
        try check { unsafe path.withPlatformString { unsafe mkdir($0, permissions.rawValue) } }
    }

    /// Asks whether this user may read and write the file, without opening it.
    static func checkAccess(_ path: FilePath, _ mode: CInt) throws(Errno) {
        try check { unsafe path.withPlatformString { unsafe access($0, mode) } }
    }

    static let readAndWrite = R_OK | W_OK
    static let existence = F_OK

    /// The file that a path leads to, following all symbolic links.
    static func resolve(_ path: FilePath) throws(Errno) -> FilePath {
        guard let text = unsafe path.withPlatformString({ unsafe realpath($0, nil) }) else {
            throw Errno(rawValue: errno)
        }
        defer { unsafe free(text) }
        return unsafe FilePath(platformString: text)
    }

    /// The target of a symbolic link.
    static func target(of path: FilePath) throws(Errno) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe path.withPlatformString { unsafe readlink($0, &buffer, buffer.count) }
        guard count >= 0 else { throw Errno(rawValue: errno) }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The names in a folder except `.` and `..`, unsorted.
    static func names(in folder: FilePath) throws(Errno) -> [FilePath.Component] {
        guard let stream = unsafe folder.withPlatformString({ unsafe opendir($0) }) else {
            throw Errno(rawValue: errno)
        }
        defer { unsafe closedir(stream) }
        var names: [FilePath.Component] = []
        while true {
            // nil means either the end or an error.
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw Errno(rawValue: errno) }
                return names
            }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe bytes.withMemoryRebound(to: CInterop.PlatformChar.self) { characters in
                    unsafe characters.baseAddress.flatMap { unsafe FilePath.Component(platformString: $0) }
                }
            }
            if let name, name.kind == .regular { names.append(name) }
        }
    }

    private static func check(_ call: () -> CInt) throws(Errno) {
        while call() != 0 {
            let number = Errno(rawValue: errno)
            if number != .interrupted { throw number }
        }
    }

    private static func withNames(
        _ a: FilePath, _ b: FilePath, _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> CInt
    ) -> CInt {
        unsafe a.withPlatformString { a in unsafe b.withPlatformString { b in unsafe body(a, b) } }
    }
}

// Inside the type, its own functions shadow the system's names.
private func systemRename(_ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> CInt {
    unsafe rename(from, to)
}

private func systemLink(_ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> CInt {
    unsafe link(from, to)
}
