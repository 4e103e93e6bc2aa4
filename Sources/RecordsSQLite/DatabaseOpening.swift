internal import DurableFiles
internal import GRDB
package import Records
internal import SystemPackage

/// How the database of a record file is opened.
package struct DatabaseOpening: Sendable {
    package let path: String
    /// Where it is in memory; nil for a file.
    private let memory: Memory?
    /// How long to wait for another process's lock, in seconds.
    package var lockTimeout = 5.0

    package static var inMemory: DatabaseOpening { DatabaseOpening(path: "in memory", memory: .own) }

    /// The database in memory that has this name in this process: it lives as long as one connection to it is open.
    package static func inMemory(named name: String) -> DatabaseOpening {
        DatabaseOpening(path: "in memory", memory: .shared(name))
    }

    private enum Memory {
        case own
        case shared(String)
    }

    private init(path: String, memory: Memory?) {
        self.path = path
        self.memory = memory
    }

    /// A file that must not exist yet; an empty one is created, readable by its owner only.
    package init(creating path: String) throws(HostError) {
        do throws(FileError) {
            try ExternalFile.createEmpty(FilePath(file: path))
        } catch {
            throw HostError(error)
        }
        self.init(path: path, memory: nil)
    }

    /// A file that must exist.
    package init(existing path: String) throws(HostError) {
        do throws(FileError) {
            try ExternalFile.checkReadWrite(FilePath(file: path))
        } catch {
            throw HostError(error)
        }
        self.init(path: path, memory: nil)
    }

    func open() throws -> DatabaseQueue {
        switch memory {
        case .own: return try DatabaseQueue()
        case .shared(let name): return try DatabaseQueue(named: name)
        case nil: break
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(lockTimeout)
        configuration.prepareDatabase { database in
            // Kilobytes, and pages of 4 KiB: a commit of many orders changes some thousand pages, which are neither read
            // again for the next one nor written to the file after each.
            try database.execute(sql: "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8192")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
