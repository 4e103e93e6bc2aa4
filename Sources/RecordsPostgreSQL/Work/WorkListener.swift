internal import CPQ
internal import Records
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A connection that listens for announcements: its thread sleeps on the socket.
@safe final class WorkListener: WorkAnnouncements, @unchecked Sendable {
    private let handle: OpaquePointer
    private let path: String
    /// Held while the connection is used.
    private let turn = Mutex(())
    /// Its reading end wakes the thread that waits.
    private let pipe: (read: Int32, write: Int32)
    private let isEnded = Mutex(false)

    init(_ information: String, path: String) throws(HostError) {
        guard let handle = unsafe PQconnectdb(information) else { throw HostError(.databaseUnreachable, path) }
        var ends: [Int32] = [-1, -1]
        guard unsafe PQstatus(handle) == CONNECTION_OK, unsafe Self.listens(handle),
            Self.makePipe(&ends)
        else {
            let reason = unsafe PQerrorMessage(handle).map { unsafe String(cString: $0) } ?? ""
            unsafe PQfinish(handle)
            throw HostError(.databaseUnreachable, path, cause: DatabaseFailure(reason))
        }
        unsafe self.handle = handle
        self.path = path
        pipe = (ends[0], ends[1])
    }

    deinit {
        unsafe PQfinish(handle)
        _ = close(pipe.read)
        _ = close(pipe.write)
    }

    private static func listens(_ handle: OpaquePointer) -> Bool {
        let result = unsafe PQexec(handle, "LISTEN \(WorkSchema.channel)")
        defer { unsafe PQclear(result) }
        return unsafe PQresultStatus(result) == PGRES_COMMAND_OK
    }

    private static func makePipe(_ ends: inout [Int32]) -> Bool {
        #if canImport(Darwin)
        unsafe Darwin.pipe(&ends) == 0
        #elseif canImport(Musl)
        unsafe Musl.pipe(&ends) == 0
        #else
        unsafe Glibc.pipe(&ends) == 0
        #endif
    }

    func next(within duration: Duration?) throws(HostError) -> Set<Shard>? {
        let result = turn.withLock { _ in Result { () throws(HostError) in try wait(within: duration) } }
        return try result.get()
    }

    private func wait(within duration: Duration?) throws(HostError) -> Set<Shard>? {
        let deadline = duration.map { ContinuousClock.now + $0 }
        while true {
            if isEnded.withLock({ $0 }) { return nil }
            let shards = try received()
            if !shards.isEmpty { return shards }
            var timeout: Int32 = -1
            if let deadline {
                let left = (deadline - .now).inMilliseconds
                guard left > 0 else { return [] }
                timeout = Int32(clamping: left)
            }
            var sockets = [
                pollfd(fd: unsafe PQsocket(handle), events: Int16(POLLIN), revents: 0),
                pollfd(fd: pipe.read, events: Int16(POLLIN), revents: 0),
            ]
            guard unsafe poll(&sockets, nfds_t(sockets.count), timeout) >= 0 || errno == EINTR else {
                throw HostError(.databaseUnreachable, path, cause: DatabaseFailure("poll failed: \(errno)"))
            }
        }
    }

    /// What has arrived.
    private func received() throws(HostError) -> Set<Shard> {
        guard unsafe PQconsumeInput(handle) == 1 else {
            let reason = unsafe PQerrorMessage(handle).map { unsafe String(cString: $0) } ?? ""
            throw HostError(.databaseUnreachable, path, cause: DatabaseFailure(reason))
        }
        var shards: Set<Shard> = []
        while let notification = unsafe PQnotifies(handle) {
            // A message of somebody else's is none of ours.
            if let number = unsafe UInt8(String(cString: notification.pointee.extra)) {
                shards.insert(Shard(rawValue: number))
            }
            unsafe PQfreemem(notification)
        }
        return shards
    }

    func end() {
        isEnded.withLock { $0 = true }
        // Its closing is not needed: whoever waits reads the flag once the pipe has a byte, which nobody takes out.
        var byte: UInt8 = 0
        _ = unsafe write(pipe.write, &byte, 1)
    }
}
