import Foundation
import Grid
import NetworkIdentity
import TestSupport
import ValueProtocol

@testable import GridTrunk

/// An authority, a host and units, with their certificates in a temporary folder.
struct TestNetwork {
    let temporary: TemporaryFolder
    let authority: IdentityAuthority
    let host: IdentityFiles

    init() throws {
        temporary = try TemporaryFolder()
        authority = try IdentityAuthority(in: temporary.url.path)
        host = try authority.issue(NewIdentity(of: Self.name(.host, 1), addresses: ["127.0.0.1"]))
    }

    static func name(_ role: NetworkName.Role, _ number: UInt32) -> NetworkName {
        NetworkName(issuer: 0xA1, role: role, number: number)!
    }

    static func unit(_ number: UInt32) -> PartyID { PartyID(issuer: 0xA1, kind: .areaUnit, number: number) }

    static let meter = PartyID(issuer: 0xA1, kind: .electricMeter, number: 7)

    func areaUnit(_ number: UInt32) throws -> IdentityFiles {
        try authority.issue(NewIdentity(of: Self.name(.areaUnit, number)))
    }

    var revocations: RevocationList { RevocationList(temporary.url.appending(path: "revoked.txt").path) }
}

/// Events in the order in which they came, for one reader.
final class Events<Event: Sendable>: Sendable {
    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func add(_ event: Event) { continuation.yield(event) }

    /// Waits for the first event for which `find` gives something; those before it are passed over.
    func first<Value>(_ find: (Event) -> Value?) async -> Value? {
        for await event in stream {
            if let value = find(event) { return value }
        }
        return nil
    }
}

/// A host's server that runs for as long as a test, with what it reports.
final class TestHost: Sendable {
    let events = Events<TrunkServer.Event>()
    let reports = Events<(PartyID, UnitReport)>()
    let server: TrunkServer
    let port: Int
    private let task: Task<Void, any Error>

    init(
        _ files: IdentityFiles, port: Int = 0, revocations: RevocationList? = nil,
        limits: TrunkLimits = TrunkLimits(), deadlines: TrunkDeadlines = TrunkDeadlines()
    ) async throws {
        let server = try TrunkServer(
            listeningOn: "127.0.0.1", port: port, credentials: files, revocations: revocations, limits: limits,
            deadlines: deadlines, report: { [events] in events.add($0) },
            reports: { [reports] in reports.add(($0, $1)) })
        self.server = server
        task = Task { try await server.run() }
        self.port = try await server.port
    }

    deinit { task.cancel() }

    /// Ends its connections, and returns once it is no longer listening.
    func stop() async throws {
        task.cancel()
        try await task.value
    }

    func connection(of unit: PartyID) async {
        await events.first { event in
            if case .connected(unit) = event { return true }
            return nil
        }
    }

    func refusal() async -> TrunkError? {
        await events.first { event in
            if case .refused(_, let error) = event { return error }
            return nil
        }
    }

    func end(of unit: PartyID) async -> TrunkError? {
        await events.first { event -> TrunkError?? in
            if case .disconnected(unit, let error) = event { return .some(error) }
            return nil
        } ?? nil
    }

    func load(_ command: [UInt8], through unit: PartyID) async -> ExchangeOutcome {
        await server.exchange(
            through: unit, with: TestNetwork.meter, priority: .load, timeLimit: .seconds(120), command: command)
    }
}

/// A unit that runs for as long as a test.
final class TestUnit: Sendable {
    let events = Events<TrunkClient.Event>()
    let client: TrunkClient
    private let task: Task<Void, Never>

    /// - Parameter again: whether it dials again.
    init(
        _ files: IdentityFiles, port: Int, host: String = "127.0.0.1", revocations: RevocationList? = nil,
        deadlines: TrunkDeadlines = TrunkDeadlines(), again: Bool = true,
        serve: @escaping @Sendable (TrunkExchange) async -> ExchangeOutcome = { .answered($0.command + [0x90, 0]) }
    ) throws {
        let system = TrunkTime.system
        let time = TrunkTime(
            now: system.now,
            sleep: { duration in
                // The pause before it dials is below 5 s; deadlines are above.
                try await system.sleep(!again && duration <= .seconds(5) ? .seconds(86_400) : duration)
            })
        let client = try TrunkClient(
            to: host, port: port, credentials: files, revocations: revocations, deadlines: deadlines, time: time,
            report: { [events] in events.add($0) }, serve: serve)
        self.client = client
        task = Task { await client.run() }
    }

    deinit { task.cancel() }

    func end() async -> TrunkError? {
        await events.first { event in
            if case .disconnected(let error) = event { return error }
            return nil
        }
    }

    func connection() async {
        await events.first { event in
            if case .connected = event { return true }
            return nil
        }
    }
}
