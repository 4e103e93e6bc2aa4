import ArgumentParser
import Grid
import GridTrunk
import HeadEnd
import Synchronization
import ValueProtocol

/// How a host is reached by its area units.
struct GridOptions: ParsableArguments {
    @OptionGroup var identity: IdentityOptions

    @Option(name: .long, help: ArgumentHelp("Where area units dial it; port 0 for any.", valueName: "address:port"))
    var listen: SocketAddress

    @Option(
        name: .long, help: ArgumentHelp("How long to wait for units to report their meters.", valueName: "seconds"),
        transform: WholeNumber.seconds)
    var wait = 30

    /// Listens while `body` runs.
    ///
    /// - Parameters:
    ///   - host: has keys.
    ///   - log: where events are shown.
    ///   - serving: called with the trunks' server before it listens.
    ///   - body: works with the meters.
    func listening<Value: Sendable>(
        _ host: HostContext, _ log: UnitLog, serving: (TrunkServer) -> Void = { _ in },
        _ body: @escaping @Sendable (GridContacts) async throws -> Value
    ) async throws -> Value {
        let (reports, tell) = AsyncStream<(PartyID, UnitReport)>.makeStream()
        var limits = TrunkLimits()
        // An area unit gives its local units some time beyond a deadline: its answer comes after that.
        limits.grace *= 3
        let server = try TrunkServer(
            listeningOn: listen.host, port: listen.port, credentials: identity.files,
            revocations: identity.revocationList, limits: limits, report: { log.show($0) },
            reports: { tell.yield(($0, $1)) })
        serving(server)
        let contacts = GridContacts(host, over: server)
        let address = listen
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await server.run()
                return nil
            }
            group.addTask {
                for await (area, report) in reports { await contacts.receive(report, from: area) }
                return nil
            }
            group.addTask {
                log.showListening(SocketAddress(address.host, port: try await server.port))
                return try await body(contacts)
            }
            defer { group.cancelAll() }
            while let next = try await group.next() { if let value = next { return value } }
            throw CancellationError()
        }
    }
}

/// Which meters of a grid.
struct GridMeterOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Identifiers of meters, or of local units as meters.", valueName: "eid"),
        transform: PartyID.argument)
    var meters: [PartyID] = []

    @Option(
        name: .customLong("branch"), help: ArgumentHelp("All meters of a local unit.", valueName: "eid"),
        transform: PartyID.argument)
    var branch: PartyID?

    @Flag(name: .long, help: "All meters that units report within the time of --wait.")
    var everything = false

    @Option(name: .long, help: ArgumentHelp("How many meters to contact at once.", valueName: "1-10000"))
    var atOnce = 1_000

    func validate() throws {
        guard (1...10_000).contains(atOnce) else { throw ValidationError("--at-once \(atOnce): 1 to 10000.") }
        guard [!meters.isEmpty, branch != nil, everything].filter({ $0 }).count == 1 else {
            throw ValidationError("Name meters, or a local unit with --branch, or all with --everything.")
        }
    }

    /// Those that are meant, once units have reported them.
    func known(_ contacts: GridContacts, within seconds: Int) async throws -> [PartyID] {
        let named = Set(meters + (branch.map { [$0] } ?? []))
        await withTaskGroup(of: Void.self) { group in
            if !everything {
                group.addTask { _ = await contacts.wait(for: named) }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: .seconds(seconds))
                } catch {
                    // All are known.
                }
            }
            await group.next()
            group.cancelAll()
        }
        if let branch { return await contacts.meters(of: branch) }
        if everything { return await contacts.meters }
        return meters
    }
}
