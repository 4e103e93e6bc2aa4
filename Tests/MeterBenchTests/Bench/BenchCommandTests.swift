import Meter
import MeterBench
import Metrology
import Testing
import ValueProtocol

@Suite struct BenchCommandTests {
    static let written: [(String, BenchCommand)] = [
        ("load 1500", .load(channel: 0, watts: 1_500, powerFactor: 1)),
        ("load 1500 -0.9", .load(channel: 0, watts: 1_500, powerFactor: -0.9)),
        ("load 2 1500", .load(channel: 1, watts: 1_500, powerFactor: 1)),
        ("LOAD 2 1500 0.5  # a pump", .load(channel: 1, watts: 1_500, powerFactor: 0.5)),
        ("profile", .profile), ("channel 2 off", .channel(1, isOn: false)), ("relay 1 stuck", .relay(0, isStuck: true)),
        ("card in", .insertCard(nil)), ("card in card7", .insertCard("card7")), ("card out", .removeCard),
        ("redeem", .redeem(.all)), ("redeem 12.50", .redeem(Amount(rawValue: 12_500_000))), ("emergency", .emergency),
        ("page channel 3", .page(.channel(3))), ("page debt", .page(.debt)), ("key 7", .key(.digit(7))),
        ("key enter", .key(.enter)), ("bypass on", .bypass(true)), ("cover closed", .cover(false)),
        ("magnet off", .magnet(false)), ("surge", .surge), ("sag 0.7", .sag(0.7)),
        ("power off", .power(false, withLastGasp: true)), ("power fails", .power(false, withLastGasp: false)),
        ("speed max", .speed(SimulationSpeed(factor: nil))), ("wait 15m", .wait(SimulatedDuration(seconds: 900))),
        ("show", .show), ("quit", .quit),
    ]

    @Test(arguments: written)
    func `a command is parsed as it is written`(text: String, command: BenchCommand) throws {
        #expect(try BenchCommand.parse(text) == command)
    }

    @Test(arguments: [
        "fly", "load", "load x", "load 9 100", "load 100 2", "channel 0 on", "channel 1 maybe", "key 10", "key x",
        "redeem much", "sag 3", "speed 0", "speed fast", "wait 0s", "wait 5", "wait 99999999d", "quit now",
        "page channel",
        "power maybe", "card away", "cover on",
    ])
    func `what is not a command is named`(text: String) throws {
        let error = try #require(throws: BenchError.self) { try BenchCommand.parse(text) }
        #expect(error.code == .notACommand && error.subject == "'\(text)'")
    }

    @Test func `a script says in which line it is wrong`() throws {
        #expect(try BenchCommand.script("# nothing\n\n  show\n") == [.show])
        let error = try #require(throws: BenchError.self) { try BenchCommand.script("wait 1h\nfly") }
        #expect("\(error)" == "line 2, 'fly': is not a command to a meter")
    }

    @Test func `speeds and durations are shown as they are written`() {
        for text in ["1", "60", "0.5", "max"] { #expect(SimulationSpeed(parsing: text).map { "\($0)" } == text) }
        for text in ["90s", "15m", "36h", "30d"] { #expect(SimulatedDuration(parsing: text).map { "\($0)" } == text) }
        #expect("\(SimulatedDuration(seconds: 0))" == "0s")
    }

    @Test func `every key has a command`() {
        #expect(BenchCommand.keys["#"] == .key(.enter) && BenchCommand.keys["\u{7F}"] == .key(.cancel))
        #expect(BenchCommand.keys["q"] == .quit && BenchCommand.keys["Q"] == nil)
        #expect((0...9).allSatisfy { BenchCommand.keys[Character("\($0)")] == .key(.digit(UInt8($0))) })
    }

    @Test func `errors have stable numbers and texts of their own`() {
        #expect(BenchError.Code.allCases.map(\.rawValue) == Array(1...7))
        #expect(Set(BenchError.Code.allCases.map { "\($0)" }).count == 7)
        #expect(BenchError(.exists, "a") == BenchError(.exists, "b"))
    }

    @Test func `how a meter is set up is parsed as it is written`() {
        #expect(ChannelRating(parsing: "220:40") == ChannelRating(nominalVoltage: 220, nominalCurrent: 40))
        #expect(
            ChannelRating(parsing: "110:20:60")
                == ChannelRating(nominalVoltage: 110, nominalCurrent: 20, nominalFrequency: 60))
        for text in ["", "220", "20:40", "220:0", "220:40:55", "220:40:50:1", "a:b"] {
            #expect(ChannelRating(parsing: text) == nil, "\(text)")
        }
        #expect(AngleRates.Band(parsing: "-90..-30=110") == AngleRates.Band(from: -90, to: -30, percent: 110))
        for text in ["", "30=120", "30..90", "30..90=x", "..=1"] {
            #expect(AngleRates.Band(parsing: text) == nil, "\(text)")
        }
        #expect(
            FriendlyCredit.Window(parsing: "sat,sun@22:00-06:00")
                == FriendlyCredit.Window(days: 0x60, from: 1_320, to: 360))
        #expect(
            FriendlyCredit.Window(parsing: "mon-fri,holidays@00:00-24:00")
                == FriendlyCredit.Window(days: 0x9F, from: 0, to: 1_440))
        for text in ["", "daily", "daily@22:00", "someday@00:00-01:00", "daily@25:00-26:00", "daily@22:60-23:00"] {
            #expect(FriendlyCredit.Window(parsing: text) == nil, "\(text)")
        }
        #expect(LocalCalendar.Holiday(parsing: "12-25") == .yearly(month: 12, day: 25))
        #expect(
            LocalCalendar.Holiday(parsing: "2026-12-25") == CivilDate(year: 2026, month: 12, day: 25).map { .once($0) })
        for text in ["", "25", "13-01", "2026-02-30", "2026-12-25-1", "x-y"] {
            #expect(LocalCalendar.Holiday(parsing: text) == nil, "\(text)")
        }
    }
}
