import ArgumentParser
import GridTrunk
import ServiceLifecycle

struct AreaUnitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "as", abstract: "Run an area unit: it joins local units with their host.",
        discussion: """
            Local units dial it, and it dials the host. Which unit it is says its certificate. It holds no keys of \
            meters and keeps nothing: what passes through it is sealed for others. Asked to end, it takes nothing more, \
            and passes on for a few seconds what is under way.

              vstore as --certificate network/00A1B2C3-41-000005.pem \\
                  --listen 10.0.5.1:7801 --host host.example:7800
            """)

    @OptionGroup var identity: IdentityOptions

    @Option(name: .long, help: ArgumentHelp("Where local units dial it; port 0 for any.", valueName: "address:port"))
    var listen: SocketAddress

    @Option(name: .long, help: ArgumentHelp("Where its host listens.", valueName: "address:port"))
    var host: SocketAddress

    @OptionGroup var service: ServiceOptions
    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let (log, listen) = (UnitLog(console: common.console, level: self.service.logLevel), listen)
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
        let area = ProgramService {
            async let end: Void = withGracefulShutdownHandler {
                try await service.run()
            } onGracefulShutdown: {
                service.stop()
            }
            log.showListening(SocketAddress(listen.host, port: try await service.port))
            try await end
        }
        try await self.service.run(log, [area]) {
            UnitMetrics.set("trunk_connected", await service.isConnected ? 1 : 0)
            UnitMetrics.set("trunk_exchanges", await service.count)
            UnitMetrics.set(await service.counts)
        }
    }
}
