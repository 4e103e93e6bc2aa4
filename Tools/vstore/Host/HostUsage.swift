import ArgumentParser
import HeadEnd
import Meter
import Records
import ValueProtocol

struct HostUsage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Read what meters recorded: use by hours, days, weeks and months, and events.",
        discussion: """
            What is new since the last reading comes and is kept, with the meter's clock; host report shows it. Events \
            of tampering are told at once.
            """)

    @OptionGroup var common: ProgramOptions
    @OptionGroup var passphrase: PassphraseOptions
    @OptionGroup var meters: MeterPlaceOptions

    @Flag(name: .long, help: "Read everything that the meter still has, whatever was read before.")
    var all = false

    mutating func run() async throws {
        let host = try HostContext(common.place, passphrase, needsKeys: true)
        let all = all
        let visits = try await MeterBatch(meters, host, common).visit { desk, channel, place in
            try desk.readUse(over: channel, expecting: place.meter, everything: all)
        }
        try common.console.show(visits, json: \.json, lines: \.lines)
    }
}

extension UseReading {
    private func new(_ series: UsageSeries) -> Int { newRecords[series] ?? 0 }

    var json: JSONValue {
        [
            "eid": .text("\(meter)"), "clock": .number(Int(clock.rawValue)),
            "new": [
                "hours": .number(new(.hours)), "days": .number(new(.days)), "weeks": .number(new(.weeks)),
                "months": .number(new(.months)),
            ],
            "events": .list(newEvents.map(\.json)), "recovered": .list(recovered.map(\.json)),
        ]
    }

    var lines: [String] {
        recovered.map { "found out: \($0)" } + [
            "\(meter)  new: \(new(.hours)) hours, \(new(.days)) days, \(new(.weeks)) weeks, \(new(.months)) months, "
                + "\(newEvents.count) events; clock \(clock.dateTime)"
        ] + newEvents.filter(\.isTamper).map { "  tampering: \($0.line)" }
    }
}

extension EventRecord {
    var name: String { MeterEvent.Code(rawValue: code).name }

    var line: String { "\(time.dateTime)  \(name) (\(value))" }

    var json: JSONValue {
        [
            "time": .number(Int(time.rawValue)), "code": .number(Int(code)), "name": .text(name),
            "value": .number(Int(value)), "tamper": .truth(isTamper),
        ]
    }
}
