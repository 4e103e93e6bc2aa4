import ArgumentParser
import CoreMetrics
import Logging
import ServiceLifecycle
import Telemetry
import UnixSignals

/// What every program that stays has: its logs, its metrics and its end.
struct ServiceOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Serve metrics for Prometheus at this loopback address, as 127.0.0.1:9464; port 0 for any.",
            valueName: "address:port"))
    var metrics: SocketAddress?

    @Option(
        name: .long, help: ArgumentHelp("Log events from this level on.", valueName: "level"),
        completion: .list(Logger.Level.allCases.map(\.rawValue)),
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else {
                let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("'\(text)' is not a level. Write one of: \(levels).")
            }
            return level
        })
    var logLevel = Logger.Level.info

    /// Runs services until one of them ends, or the program is asked to end: then each ends what it has begun, within seconds.
    ///
    /// - Parameters:
    ///   - log: where the metrics' address is shown.
    ///   - services: that are to run.
    ///   - refresh: brings metrics up to date that are not counted as things happen.
    func run(
        _ log: UnitLog, _ services: [any Service], refresh: @escaping @Sendable () async -> Void = {}
    ) async throws {
        var services = services
        if let metrics {
            let registry = PrometheusRegistry()
            MetricsSystem.bootstrap(registry)
            let endpoint = try MetricsEndpoint(listeningOn: metrics.host, port: metrics.port) { port in
                let address = SocketAddress(metrics.host, port: port)
                log.show("metrics", "metrics at http://\(address)/metrics", ["address": .text("\(address)")])
            } text: {
                await refresh()
                return registry.text
            }
            services.append(endpoint)
        }
        var configuration = ServiceGroupConfiguration(
            services: services.map {
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint, .sighup],
            logger: Logger(label: "services") { _ in
                // What happens to services is said by their own events and errors.
                SwiftLogNoOpLogHandler()
            })
        configuration.maximumGracefulShutdownDuration = .seconds(15)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch is CancellationError {
            // As asked.
        }
    }
}

/// A service of a few lines.
struct ProgramService: Service {
    private let body: @Sendable () async throws -> Void

    init(_ body: @escaping @Sendable () async throws -> Void) { self.body = body }

    func run() async throws { try await body() }
}
