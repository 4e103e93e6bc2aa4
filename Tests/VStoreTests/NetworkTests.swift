import Foundation
import TestPrograms
import TestSupport
import Testing

/// A host, an area unit, a local unit and meters on its line, each a process of its own.
@Suite("A network of processes") struct NetworkTests {
    private static let unit = "00A1B2C3-40-000001"
    private static let meters = ["00A1B2C3-01-000001", "00A1B2C3-01-000002"]

    /// What runs beside a test, and how it is started again.
    private final class Network {
        let desk: Desk
        let hostPort: UInt16
        private var programs: [String: RunningProgram] = [:]
        private var lines: [String] = []
        private var areaPort = ""
        private var metricsPort: UInt16 = 0

        init(_ desk: Desk) throws {
            self.desk = desk
            // A port that is free: nobody listens on it until the host does.
            let relay = try TCPRelay { piece, _ in [piece] }
            hostPort = relay.port
            relay.stop()
            try Desk.passphrase.write(
                to: desk.vstore.home.appending(path: "passphrase"), atomically: true, encoding: .utf8)
        }

        private func path(_ name: String) -> String { desk.vstore.home.appending(path: name).path }

        private func start(_ name: String, _ line: String, until text: String) throws -> String {
            let program = try RunningProgram(
                Program(
                    BuiltProgram.vstore.path, line.split(separator: " ").map(String.init),
                    environment: .only(["VSTORE_HOME": desk.vstore.home.path, "PATH": "/usr/bin:/bin"])))
            programs[name] = program
            let heard = try program.wait(for: text)
            // The rest of the line.
            return heard + (try program.nextLine())
        }

        func make() throws {
            for (index, meter) in NetworkTests.meters.enumerated() {
                try desk.done(
                    "meter new --meter m\(index) --id \(meter) --price 0.30 --token 0.20 --passphrase-file -",
                    Desk.passphrase)
                try desk.done(
                    "card issue --card m\(index) --purse electricity:EUR:500 --yes --passphrase-file -",
                    Desk.passphrase)
            }
            try desk.done("ls new --unit ls1 --id \(NetworkTests.unit) --passphrase-file -", Desk.passphrase)
            try desk.done("card issue --card ls1 --yes --passphrase-file -", Desk.passphrase)
            let network = path("network")
            try desk.done("certificates make-authority \(network)")
            try desk.done("certificates sign \(network) 00A1B2C3-30-000001 --for host --address 127.0.0.1")
            try desk.done("certificates sign \(network) 00A1B2C3-41-000001 --for area-unit --address 127.0.0.1")
            try desk.done("certificates sign \(network) \(NetworkTests.unit) --for local-unit")
        }

        func startMeters() throws {
            for index in NetworkTests.meters.indices {
                let heard = try start(
                    "meter\(index)", "meter run --meter m\(index) --load 0 --line tcp:127.0.0.1:0 --plain",
                    until: "listening on ")
                lines.append(String(heard.split(separator: " ").last ?? ""))
            }
        }

        func startArea() throws {
            let heard = try start(
                "area",
                "as --json --certificate \(path("network/00A1B2C3-41-000001.pem")) --listen 127.0.0.1:"
                    + (areaPort.isEmpty ? "0" : areaPort) + " --host 127.0.0.1:\(hostPort)",
                until: "\"address\":\"127.0.0.1:")
            areaPort = Self.port(in: heard)
        }

        func startUnit() throws {
            let lines = lines.map { "--line \($0)" }.joined(separator: " ")
            let heard = try start(
                "unit",
                "ls run --json --unit ls1 --certificate \(path("network/\(NetworkTests.unit).pem")) "
                    + "--area 127.0.0.1:\(areaPort) \(lines) --expected 2 --load 3000 --metrics 127.0.0.1:0",
                until: "\"event\":\"metrics\",\"address\":\"127.0.0.1:")
            metricsPort = UInt16(Self.port(in: heard)) ?? 0
        }

        /// Of the address that an event names last.
        private static func port(in heard: String) -> String {
            let rest = heard.components(separatedBy: "\"address\":\"127.0.0.1:").last ?? ""
            return String(rest.prefix { $0.isNumber })
        }

        /// The local unit's metrics, as an HTTP client reads them.
        func unitMetrics() throws -> String { try HTTPText.get("/metrics", from: metricsPort) }

        /// Asks a program to end, and returns its exit status.
        func terminate(_ name: String) -> Int32? { programs.removeValue(forKey: name)?.terminate() }

        /// The host's own process, until it has read everybody once.
        func serveOneRound() throws -> String {
            let heard = try start(
                "host",
                "grid serve --json --certificate \(path("network/00A1B2C3-30-000001.pem")) --wait 1 --every 1 "
                    + "--listen 127.0.0.1:\(hostPort) --passphrase-file \(path("passphrase"))",
                until: "\"event\":\"round\",\"all\":3,\"read\":3")
            #expect(terminate("host") == 0)
            return heard
        }

        /// Ends a program as a power cut does.
        func kill(_ name: String) { programs.removeValue(forKey: name)?.kill() }

        func killAll() { for name in programs.keys.sorted() { kill(name) } }

        /// A command of the host, and its results by meter.
        func host(_ line: String) throws -> [String: [String: Any]] {
            let document = try self.document(line)
            let meters = document["meters"] as? [[String: Any]] ?? []
            return Dictionary(
                uniqueKeysWithValues: meters.map {
                    ($0["eid"] as? String ?? "", $0["result"] as? [String: Any] ?? [:])
                })
        }

        /// A command of the host, and its answer.
        func document(_ line: String, wait: Int = 500) throws -> [String: Any] {
            try desk.done(
                "grid \(line) --certificate \(path("network/00A1B2C3-30-000001.pem")) --listen 127.0.0.1:\(hostPort) "
                    + "--wait \(wait) --passphrase-file -", Desk.passphrase)
        }
    }

    private func withNetwork(_ body: (Network) throws -> Void) throws {
        try Desk.with { desk in
            let network = try Network(desk)
            defer { network.killAll() }
            try network.make()
            try network.startMeters()
            try network.startArea()
            try network.startUnit()
            try body(network)
        }
    }

    private func balance(_ result: [String: Any]?) -> String? {
        (result?["transaction"] as? [String: Any])?["balance"] as? String
    }

    @Test func `meters are loaded once and read, also after every unit was killed`() async throws {
        try await offPool {
            try withNetwork { network in
                let named = Self.meters.joined(separator: " ")
                let loaded = try network.host("credit \(named) --amount 50 --reference A")
                let metrics = try network.unitMetrics()
                #expect(metrics.contains("valuestore_meters 2\n"), "\(metrics)")
                #expect(
                    metrics.contains(
                        "valuestore_exchanges_total{priority=\"load\",outcome=\"answered\",cause=\"\"} "), "\(metrics)")
                #expect(metrics.contains("valuestore_line_byte_error_rate{meter=\"\(Self.meters[0])\"} "), "\(metrics)")
                for meter in Self.meters { #expect(balance(loaded[meter]) == "50.00", "\(loaded)") }
                network.kill("area")
                network.kill("unit")
                try network.startArea()
                try network.startUnit()
                // The stations are known: no meter has to be found anew.
                let again = try network.host("credit \(named) --amount 50 --reference A")
                for meter in Self.meters { #expect(balance(again[meter]) == "50.00", "\(again)") }
                let status = try network.host("status --branch \(Self.unit)")
                #expect(Set(status.keys) == Set(Self.meters))
                let use = try network.host("usage \(named) \(Self.unit)")
                #expect(use.count == 3 && use.values.allSatisfy { $0["clock"] != nil }, "\(use)")
                let refunded = try network.host("refund \(Self.meters[0]) --amount 20 --reference B")
                #expect(balance(refunded[Self.meters[0]]) == "30.00")
                let tariff = try network.host(
                    "tariff \(Self.meters[1]) --id 7 --price 0.25 --currency EUR --reference T")
                let converted = tariff[Self.meters[1]]?["transaction"] as? [String: Any]
                #expect(converted?["state"] as? String == "done", "\(tariff)")
                let clocks = try network.host("clock \(Self.unit) \(Self.meters[1])")
                #expect(clocks.count == 2 && clocks.values.allSatisfy { $0["now"] != nil })
                // Nothing is in doubt.
                let recovered = try network.document("recover \(named)")["meters"] as? [[String: Any]]
                #expect(recovered?.map { ($0["result"] as? [Any])?.count } == [0, 0])
                let heard = try network.serveOneRound()
                #expect(heard.contains("round"))
                let units = try network.document("list", wait: 3)["units"] as? [[String: Any]]
                #expect(units?.first?["eid"] as? String == Self.unit)
                #expect(units?.first?["meters"] as? [String] == Self.meters)
                let lines = units?.first?["lines"] as? [[String: Any]] ?? []
                #expect(lines.compactMap { $0["eid"] as? String } == Self.meters)
                #expect(lines.allSatisfy { $0["isQuiet"] as? Bool == false && $0["exchanges"] as? Int ?? 0 > 0 })
                // Asked to end, all end well, and what they kept is readable.
                #expect(network.terminate("unit") == 0)
                #expect(network.terminate("area") == 0)
                try network.startArea()
                try network.startUnit()
                let last = try network.host("credit \(Self.meters[1]) --amount 1 --reference C")
                #expect(balance(last[Self.meters[1]]) == "51.00", "\(last)")
            }
        }
    }
}
