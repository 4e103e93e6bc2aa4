import ArgumentParser
import GridTrunk

struct AreaUnitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "as", abstract: "Run an area unit: it joins local units with their host.",
        discussion: """
            Local units dial it, and it dials the host. Which unit it is says its certificate. It holds no keys of \
            meters and keeps nothing: what passes through it is sealed for others.

              vstore as --certificate network/00A1B2C3-41-000005.pem \\
                  --listen 10.0.5.1:7801 --host host.example:7800
            """)

    @OptionGroup var identity: IdentityOptions

    @Option(name: .long, help: ArgumentHelp("Where local units dial it; port 0 for any.", valueName: "address:port"))
    var listen: SocketAddress

    @Option(name: .long, help: ArgumentHelp("Where its host listens.", valueName: "address:port"))
    var host: SocketAddress

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let (log, listen) = (UnitLog(console: common.console), listen)
        let service = try AreaUnitService(
            listeningOn: listen.host, port: listen.port, host: host.host, hostPort: host.port,
            credentials: identity.files, revocations: identity.revocationList
        ) { event in
            switch event {
            case .below(let event): log.show(event)
            case .above(let event): log.show(event)
            case .report(let report, let unit): log.show(report, from: unit)
            }
        }
        try await UnitProgram.run {
            async let end: Void = service.run()
            log.showListening(SocketAddress(listen.host, port: try await service.port))
            try await end
        }
    }
}

/// A program that runs until it is told to end.
enum UnitProgram {
    /// Runs `body` in a task that is cancelled when the program is asked to end.
    static func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let task = Task { try await body() }
        let result = await Interruption.during {
            await task.result
        } whenInterrupted: {
            task.cancel()
        }
        do {
            try result.get()
        } catch is CancellationError {
            // As asked.
        }
    }
}
