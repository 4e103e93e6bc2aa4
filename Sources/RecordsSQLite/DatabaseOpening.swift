internal import DurableFiles
internal import GRDB
package import Records
internal import SystemPackage

/// How the database of a record file is opened.
package struct DatabaseOpening: Sendable {
    package let path: String
    private let isInMemory: Bool
    /// How long to wait for another process's lock, in seconds.
    package var lockTimeout = 5.0

    package static var inMemory: DatabaseOpening { DatabaseOpening(path: "in memory", isInMemory: true) }

    private init(path: String, isInMemory: Bool) {
        self.path = path
        self.isInMemory = isInMemory
    }

    /// A file that must not exist yet; an empty one is created, readable by its owner only.
    package init(creating path: String) throws(HostError) {
        do throws(FileError) {
            try ExternalFile.createEmpty(FilePath(file: path))
        } catch {
            throw HostError(error)
        }
        self.init(path: path, isInMemory: false)
    }

    /// A file that must exist.
    package init(existing path: String) throws(HostError) {
        do throws(FileError) {
            try ExternalFile.checkReadWrite(FilePath(file: path))
        } catch {
            throw HostError(error)
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
