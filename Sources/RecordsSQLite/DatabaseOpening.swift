internal import GRDB
package import Records

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// How the database of a record file is reached.
package struct DatabaseOpening: Sendable {
    package let path: String
    private let isInMemory: Bool
    /// How long a lock of another process is waited for, in seconds.
    package var lockTimeout = 5.0

    package static var inMemory: DatabaseOpening { DatabaseOpening(path: "in memory", isInMemory: true) }

    private init(path: String, isInMemory: Bool) {
        self.path = path
        self.isInMemory = isInMemory
    }

    /// A file that must not exist yet; an empty one is made, which its owner alone can read.
    package init(creating path: String) throws(HostError) {
        let descriptor = systemCreate(path)
        guard descriptor >= 0 else { throw HostError(errno: errno, path) }
        close(descriptor)
        self.init(path: path, isInMemory: false)
    }

    /// A file that must exist.
    package init(existing path: String) throws(HostError) {
        guard unsafe access(path, F_OK) == 0 else { throw HostError(.noFile, path, cause: SystemError(errno)) }
        guard unsafe access(path, R_OK | W_OK) == 0 else {
            throw HostError(.fileUnreachable, path, cause: SystemError(errno))
        }
        self.init(path: path, isInMemory: false)
    }

    func open() throws -> DatabaseQueue {
        guard !isInMemory else { return try DatabaseQueue() }
        var configuration = Configuration()
        configuration.busyMode = .timeout(lockTimeout)
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}

// Within the type the system's call of the same name is hidden.
private func systemCreate(_ path: String) -> CInt {
    unsafe open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
}
