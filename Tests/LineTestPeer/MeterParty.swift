import CardCrypto
import Foundation
import HeadEnd
import Meter
import Metrology
import PowerLine
import TestWorlds
import ValueElement
import ValueProtocol

/// The meter's process: its memory is a flash in a file.
enum MeterParty {
    /// Makes an issued meter that has measured for three days.
    static func make(_ path: String) throws {
        let (keys, suite) = (try LineTestPeer.keys(), try CipherSuite())
        let image = ElementImage(
            issued: LineTestPeer.meter,
            keys: keys.names.filter { $0.purpose != .transfer }.compactMap { name in
                keys.elementKey(name, of: LineTestPeer.meter, suite).map { StoredKey(name: name, key: $0) }
            }, purses: [Purse(.electricity, holds: 50_000_000, limit: 1 << 50)])
        let configuration = ElectricConfiguration(
            price: Amount(rawValue: 300_000), rules: CreditRules(token: Amount(rawValue: 1_000_000)))
        var records = try ElectricMeter.records(
            LineTestPeer.meter, transportKey: Secret(copying: [UInt8](repeating: 0, count: 16)), configuration)
        records.merge(ValueCard.records(image)) { $1 }
        try FileFlash.create(at: path, records)
        let memory = try MemoryFile.open(at: path)
        let seconds = SystemSeconds(now() - 3 * 86_400)
        let meter = try ElectricMeter(memory, parts: ElectricParts(clock: AdjustableClock { seconds.value }))
        for minute in 0..<3 * 1440 {
            try meter.tick()
            try meter.count([Energy(microjoules: Int64(200 + minute % 1440) * 60_000_000)])
            seconds.value += 60
        }
        try meter.tick()
        try meter.lastGasp()
    }

    /// Serves on a free port of this machine, which it prints first.
    static func serve(_ path: String) throws {
        let meter = try open(path)
        let server = try listen()
        while true {
            try meter.tick()
            server.serve(for: .milliseconds(500), meter)
        }
    }

    /// Serves any issued element in a file.
    static func serveElement(_ path: String) throws {
        let card = try ValueCard(
            try MemoryFile.open(at: path), environment: ElementEnvironment(account: StillTotals()))
        try card.reset()
        let server = try listen()
        while true { server.serve(for: .milliseconds(500), card) }
    }

    private static func listen() throws -> MeterLineServer {
        let server = try MeterLineServer(.tcp(host: "127.0.0.1", port: 0))
        if case .tcp(_, let port) = server.address { say("port \(port)") }
        return server
    }

    /// Prints its balance and its records.
    static func show(_ path: String) throws {
        let meter = try open(path)
        say("balance \(meter.reading.purse?.balance.rawValue ?? 0)")
        say("price \(meter.reading.price.rawValue)")
        let hours = meter.usage(.hours)
        let wattHours = hours.reduce(0) { $0 + Int($1.quantity) }
        say("hours \(hours.count)")
        say("use \(wattHours)")
    }

    private static func open(_ path: String) throws -> ElectricMeter {
        try ElectricMeter(try MemoryFile.open(at: path), parts: ElectricParts(clock: AdjustableClock(base: now)))
    }

    private static func now() -> UInt32 { UInt32(clamping: time(nil)) }

    /// A clock that is set from outside.
    private final class SystemSeconds {
        var value: UInt32
        init(_ value: UInt32) { self.value = value }
    }
}

/// Of a meter that has used nothing.
private struct StillTotals: MeteredTotals {
    let totals = MeteredValue()
}
