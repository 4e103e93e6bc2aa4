import ArgumentParser
import HeadEnd
import Records
import ValueProtocol

struct HostStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Ask meters for balance, clock and sessions.",
        discussion: """
            What is in doubt with a meter is resolved, as at every contact.

              vstore host status tcp:127.0.0.1:7701
              vstore host status --meters all.txt
            """)

    @OptionGroup var hostOptions: HostOptions
    @OptionGroup var meters: MeterAddressOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: true)
        let results = try await meters.batch(host, common).run { client, channel, address in
            try client.snapshot(over: channel, expecting: address.meter)
        }
        try common.console.show(results, json: \.json, lines: \.lines)
    }
}

extension MeterSnapshot {
    /// How far the meter's clock is ahead of the host's, in seconds.
    private var ahead: Int64 { Int64(clock.rawValue) - Int64(time.rawValue) }

    var json: JSONValue {
        [
            "eid": .text("\(meter)"), "state": .name(state), "balance": .text("\(balance)"),
            "account": account?.json ?? .null, "clock": .moment(clock), "clockAheadSeconds": .number(Int(ahead)),
            "sessions": .number(Int(sessions)), "highestHTXN": .count(highest.rawValue),
            "recovered": .list(recovered.map(\.json)),
        ]
    }

    var lines: [String] {
        recovered.map { "recovered: \($0)" } + [
            "\(meter)  \(state), balance \(balance)\(account?.details ?? ""), clock \(clock.dateTime) (\(ahead) s ahead), \(sessions) sessions"
        ]
    }
}

struct HostClock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Set meters' clocks to the host's time.",
        discussion: """
            The previous time of each clock is recorded. It is safe to repeat.

              vstore host clock --meters all.txt
            """)

    @OptionGroup var hostOptions: HostOptions
    @OptionGroup var meters: MeterAddressOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: true)
        let results = try await meters.batch(host, common).run { client, channel, address in
            try client.setClock(over: channel, expecting: address.meter)
        }
        try common.console.show(results, json: \.json, lines: \.lines)
    }
}

extension ClockSetting {
    var json: JSONValue {
        [
            "eid": .text("\(meter)"), "before": .moment(before), "now": .moment(target),
            "recovered": .list(recovered.map(\.json)),
        ]
    }

    var lines: [String] {
        recovered.map { "recovered: \($0)" } + ["\(meter)  clock \(before.dateTime) set to \(target.dateTime)"]
    }
}
