internal import Synchronization
public import ValueProtocol

/// The records of a host on several servers, each of which has some of the shards.
///
/// A call on an element goes to the server of its shard; what concerns no single element is asked of all servers and
/// merged. Where a server cannot be reached, its elements stop, with `HostError` `.databaseUnreachable`, and so does what is
/// asked of all; the others go on.
///
/// No commit spans two servers. What moves value between elements has to have both on one server:
///
/// - A card's purse is bound to meters of the card's server only.
/// - A float pays for elements of its server only.
/// - A meter is replaced by one of its server.
///
/// Otherwise the call is refused with `HostError` `.onOtherServers`, before anything is written. A card can be replaced by
/// any other: its value passes through the seller's accounts.
public final class RecordCluster: RecordStore, ClusterAccess {
    /// A server's records.
    public typealias Member = RecordStore & SQLRecords

    /// The servers, by number.
    public let servers: [ShardSpread.Server]
    private let members: [ClusterMember]
    /// The position of each shard's server.
    private let places: [Int]

    /// Opens the servers' records. One that cannot be reached is opened when it is needed.
    ///
    /// - Parameters:
    ///   - spread: which server has which shards.
    ///   - open: opens a server's database, under its membership.
    /// - Throws: what `open` throws, but for `.databaseUnreachable` while other servers can be reached.
    public init(
        _ spread: ShardSpread,
        open: @escaping @Sendable (_ server: ShardSpread.Server) throws(HostError) -> any Member
    ) throws(HostError) {
        let servers = spread.servers
        self.servers = servers
        members = servers.map { server in ClusterMember(server) { () throws(HostError) in try open(server) } }
        places = Shard.all.sorted().map { shard in servers.firstIndex { $0.shards.contains(shard) } ?? 0 }
        var unreachable: HostError?
        var count = 0
        for member in members {
            do throws(HostError) {
                _ = try member.records()
                count += 1
            } catch {
                guard error.code == .databaseUnreachable else { throw error }
                unreachable = error
            }
        }
        if count == 0, let unreachable { throw unreachable }
    }

    /// The position among `servers` of the one that has a shard.
    func index(of shard: Shard) -> Int { places[Int(shard.rawValue)] }

    /// The position of the server on which a writer of that number writes; nil if none has such writers.
    func index(ofWriter writer: UInt32) -> Int? { servers.firstIndex { UInt32($0.number) == writer >> 16 } }

    /// The server of an element.
    public func server(of eid: PartyID) -> ShardSpread.Server { servers[index(of: Shard(of: eid))] }

    var cluster: RecordCluster { self }

    func reader(_ index: Int) throws(HostError) -> any SQLRecords { try members[index].records() }

    func writer(_ index: Int) throws(HostError) -> any SQLRecords { try members[index].records() }

    public func requireTogether(_ eids: [PartyID]) throws(HostError) {
        let eids = eids.filter { $0 != .none }
        for eid in eids.dropFirst() { try requireTogether(eids[0], eid) }
    }

    public func endContact(with eid: PartyID) throws(HostError) {
        try members[index(of: Shard(of: eid))].records().endContact(with: eid)
    }

    /// The marks of the servers that can be reached.
    public func auditMarks() throws(HostError) -> [AuditMark] {
        var marks: [AuditMark] = []
        for member in members {
            do throws(HostError) {
                marks += try member.records().auditMarks()
            } catch {
                guard error.code == .databaseUnreachable else { throw error }
            }
        }
        return marks
    }

    // MARK: Commits

    public func commit<Value: Sendable>(
        _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        // Which server it concerns shows when it is carried out, on any that can be reached.
        var unreachable: HostError?
        for index in members.indices {
            let hasRun = Flag()
            do throws(HostError) {
                return try await commit(startingAt: index, about: nil) { access throws(HostError) in
                    hasRun.set()
                    return try change(access)
                }
            } catch {
                // What was carried out may have been committed.
                guard error.code == .databaseUnreachable, !hasRun.isSet else { throw error }
                unreachable = error
            }
        }
        throw unreachable ?? HostError(.databaseUnreachable, "no server")
    }

    public func commit<Value: Sendable>(
        of eid: PartyID, _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        try await commit(startingAt: index(of: Shard(of: eid)), about: eid, change)
    }

    private func commit<Value: Sendable>(
        startingAt first: Int, about eid: PartyID?,
        _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value
    ) async throws(HostError) -> Value {
        var index = first
        // A change that asks for another server each time does not say which it concerns.
        for _ in 0...members.count {
            let server = index
            let attempt = { @Sendable (access: any RecordAccess) throws(HostError) -> ClusterCommit<Value> in
                guard let access = access as? any SQLRecords else {
                    preconditionFailure("the records of a server are an SQL database's")
                }
                let scope = ClusterScope(self, server, access)
                let result = Result { () throws(HostError) in try change(scope) }
                // Nothing was written here: it is carried out where it is to be.
                if let other = scope.elsewhere, !scope.hasWritten { return .elsewhere(other) }
                return .done(try result.get())
            }
            let records = try members[server].records()
            let outcome =
                if let eid { try await records.commit(of: eid, attempt) } else { try await records.commit(attempt) }
            switch outcome {
            case .done(let value): return value
            case .elsewhere(let other): index = other
            }
        }
        throw HostError(.onOtherServers, "one commit on several servers")
    }
}

/// What came of a commit that was tried on one server.
private enum ClusterCommit<Value: Sendable>: Sendable {
    case done(Value)
    case elsewhere(Int)
}

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

/// A server's records, opened when they are needed first.
private final class ClusterMember: Sendable {
    private let server: ShardSpread.Server
    private let open: @Sendable () throws(HostError) -> any RecordCluster.Member
    private let opened = Mutex<(any RecordCluster.Member)?>(nil)

    init(
        _ server: ShardSpread.Server, _ open: @escaping @Sendable () throws(HostError) -> any RecordCluster.Member
    ) {
        self.server = server
        self.open = open
    }

    func records() throws(HostError) -> any RecordCluster.Member {
        let result = opened.withLock { opened in
            Result { () throws(HostError) in
                if let opened { return opened }
                do throws(HostError) {
                    let new = try open()
                    opened = new
                    return new
                } catch {
                    throw HostError(
                        error.code, "\(error.subject) (server \(server.number), shards \(server.ranges))",
                        cause: error.cause)
                }
            }
        }
        return try result.get()
    }
}

/// The records inside a commit of one server.
private final class ClusterScope: ClusterAccess {
    let cluster: RecordCluster
    private let server: Int
    private let access: any SQLRecords
    /// Whether something was to be written on this server.
    private(set) var hasWritten = false
    /// Another server on which something was to be written first.
    private(set) var elsewhere: Int?

    init(_ cluster: RecordCluster, _ server: Int, _ access: any SQLRecords) {
        self.cluster = cluster
        self.server = server
        self.access = access
    }

    func reader(_ index: Int) throws(HostError) -> any SQLRecords {
        try index == server ? access : cluster.reader(index)
    }

    func writer(_ index: Int) throws(HostError) -> any SQLRecords {
        guard index == server else {
            if elsewhere == nil { elsewhere = index }
            throw HostError(.onOtherServers, "one commit on two servers")
        }
        hasWritten = true
        return access
    }
}
