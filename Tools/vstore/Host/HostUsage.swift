import ArgumentParser
import HeadEnd
import ValueProtocol

struct HostUsage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Read what meters recorded: use by hours, days, weeks and months, and events.",
        discussion: """
            New records since the last reading are read and kept, with the meter's clock; host report shows them. \
            Tampering events are reported at once.

              vstore host usage --meters all.txt
            """)

    @OptionGroup var hostOptions: HostOptions
    @OptionGroup var meters: MeterAddressOptions

    @Flag(name: .long, help: "Read everything that the meter still has, whatever was read before.")
    var all = false

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: true)
        let all = all
        let results = try await meters.batch(host, common).run { client, channel, address in
            try client.readUse(over: channel, expecting: address.meter, everything: all)
        }
        try common.console.show(results, json: \.json, lines: \.lines)
    }
}

extension UseReading {
    private func new(_ series: UsageSeries) -> Int { newRecords[series] ?? 0 }

    var json: JSONValue {
        [
            "eid": .text("\(meter)"), "clock": .moment(clock),
            "new": [
                "hours": .number(new(.hours)), "days": .number(new(.days)), "weeks": .number(new(.weeks)),
                "months": .number(new(.months)),
            ],
            "events": .list(newEvents.map(\.json)), "recovered": .list(recovered.map(\.json)),
        ]
    }

    var lines: [String] {
        recovered.map { "recovered: \($0)" } + [
            "\(meter)  new: \(new(.hours)) hours, \(new(.days)) days, \(new(.weeks)) weeks, \(new(.months)) months, "
                + "\(newEvents.count) events; clock \(clock.dateTime)"
        ] + newEvents.filter(\.isTamper).map { "  tampering: \($0.line)" }
    }
}

extension EventRecord {
    var line: String { "\(time.dateTime)  \(name) (\(value))" }

    var json: JSONValue {
        [
            "time": .moment(time), "event": .name(name), "code": .number(Int(codeNumber)),
            "value": .number(Int(value)), "detail": JSONValue(detail), "tamper": .truth(isTamper),
        ]
    }
}
