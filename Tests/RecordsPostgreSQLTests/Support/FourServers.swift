import Records
import RecordsPostgreSQL
import RecordsTesting
import TestPrograms
import ValueProtocol

/// Records over four servers, each with 64 shards.
struct FourServers: RecordStoreUnderTest {
    let spread: ShardSpread

    /// - Parameter addresses: of four empty databases.
    init(_ addresses: [String]) throws {
        spread = try ShardSpread(
            addresses.enumerated().map { index, address in
                ShardSpread.Server(
                    number: UInt8(index), shards: Set((0..<64).map { Shard(rawValue: UInt8(64 * index + $0)) }),
                    address: address)
            })
    }

    func open() throws -> any RecordStore { try cluster() }

    func cluster(leases: LeaseTerms = LeaseTerms()) throws -> RecordCluster {
        try RecordCluster(spread) { server throws(HostError) in
            try RecordDatabase(
                server.address, auditKey: nil, leases: leases, membership: ClusterMembership(server))
        }
    }

    func mayShareCommit(_ eid: PartyID, _ other: PartyID) -> Bool { server(of: eid) == server(of: other) }

    func server(of eid: PartyID) -> Int { Int(Shard(of: eid).rawValue) / 64 }
}

/// Four running servers, which tests share that do not stop them; they end with this process.
enum RunningServers {
    static let four = Result { try (0..<4).map { _ in try PostgreSQLServer() } }

    static func databases() throws -> FourServers {
        try FourServers(four.get().map { try $0.database() })
    }
}
