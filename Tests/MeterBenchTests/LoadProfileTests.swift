import Diagnostics
import MeterBench
import Metrology
import Testing

@Suite struct LoadProfileTests {
    static let twoChannels = """
        # Two channels.
        seconds a row,900
        watts,degrees,watts,degrees

        120,12.5,0,0
        95, -20 ,1800,1
        # To the line.
        -300.25,175,+10,-0.5
        """

    @Test(arguments: ["\n", "\r\n"])
    func `rows of every channel are read`(lineEnd: String) throws {
        let text = Self.twoChannels.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: lineEnd)
        let profile = try LoadProfile(parsing: [0xEF, 0xBB, 0xBF] + Array(text.utf8))
        #expect(profile.interval == 900 && profile.channels == 2 && profile.count == 3 && profile.duration == 2700)
        #expect(profile.load(at: 0) == Load(watts: 120, degrees: 12.5))
        #expect(profile.load(at: 899, channel: 1) == .none)
        #expect(profile.load(at: 900) == Load(watts: 95, degrees: -20))
        #expect(profile.load(at: 1799, channel: 1) == Load(watts: 1800, degrees: 1))
        #expect(profile.load(at: 1800) == Load(watts: -300.25, degrees: 175))
        let same = [0, 900, 1800].map { time in (0..<2).map { profile.load(at: time, channel: $0) } }
        #expect(profile == LoadProfile(interval: 900, rows: same))
    }

    @Test func `a profile begins again at its end`() throws {
        let profile = LoadProfile(interval: 10, rows: (1...3).map { [Load(watts: Double($0), degrees: 0)] })
        for (time, watts) in [(29, 3.0), (30, 1), (59, 3), (60, 1), (-1, 3), (-30, 1), (-31, 3)] {
            #expect(profile.load(at: time).watts == watts, "at \(time) s")
        }
    }

    /// Intervals of any length add up to the whole, and a second is one joule per watt.
    @Test func `energy is power times time`() {
        let profile = LoadProfile(
            interval: 10, rows: [[Load(watts: 0.5, degrees: 0)], [Load(watts: 3, degrees: 60)]])
        #expect(profile.energy(0..<20) == Energy(microjoules: 35_000_000))
        #expect(profile.energy(-5..<5) == Energy(microjoules: 17_500_000))
        let pieces = stride(from: -37, to: 163, by: 1).reduce(Energy.zero) { $0 + profile.energy($1..<($1 + 1)) }
        #expect(pieces == profile.energy(-37..<163))
        #expect(profile.energy(7..<7) == .zero)
    }

    @Test func `current comes from power voltage and angle`() {
        #expect(abs(Load(watts: 1100, degrees: 60).current(at: 220) - 10) < 1e-12)
        #expect(abs(Load(watts: -1100, degrees: -120).current(at: 220) - 10) < 1e-12)
        #expect(Load(watts: 0, degrees: 90).current(at: 220) == 0)
    }

    static let head = "seconds a row,900\nwatts,degrees\n"
    static let wrong: [(String, LoadProfileError)] = [
        ("", LoadProfileError(.noInterval, line: 1)),
        ("# nothing\n", LoadProfileError(.noInterval, line: 2)),
        ("watts,degrees\n1,0\n", LoadProfileError(.noInterval, line: 1)),
        ("seconds a row,0\n", LoadProfileError(.noInterval, line: 1)),
        ("seconds a row,86401\n", LoadProfileError(.noInterval, line: 1)),
        ("seconds a row,1.5\n", LoadProfileError(.noInterval, line: 1)),
        ("seconds a row,900\n", LoadProfileError(.wrongColumns, line: 2)),
        ("seconds a row,900\nwatts\n1\n", LoadProfileError(.wrongColumns, line: 2)),
        ("seconds a row,900\n1,0\n", LoadProfileError(.wrongColumns, line: 2)),
        (head, LoadProfileError(.noRows, line: 3)),
        (head + "1,0\n\n1\n", LoadProfileError(.wrongCount, line: 5)),
        (head + "1,0,\n", LoadProfileError(.wrongCount, line: 3)),
        (head + "1;0\n", LoadProfileError(.wrongCount, line: 3)),
        (head + ",0\n", LoadProfileError(.notANumber, line: 3)),
        (head + "1e3,0\n", LoadProfileError(.notANumber, line: 3)),
        (head + "nan,0\n", LoadProfileError(.notANumber, line: 3)),
        (head + "0x10,0\n", LoadProfileError(.notANumber, line: 3)),
        (head + "1-,0\n", LoadProfileError(.notANumber, line: 3)),
        (head + "10000001,0\n", LoadProfileError(.outOfRange, line: 3)),
        (head + "0,-181\n", LoadProfileError(.outOfRange, line: 3)),
        (head + "5,90\n", LoadProfileError(.contradiction, line: 3)),
        (head + "-5,0\n", LoadProfileError(.contradiction, line: 3)),
    ]

    @Test(arguments: wrong)
    func `an error names the line`(text: String, error: LoadProfileError) {
        #expect(throws: error) { try LoadProfile(parsing: text) }
        #expect(error.description.hasPrefix("line \(error.line): "))
    }

    @Test func `bytes that are no text are refused`() {
        #expect(throws: LoadProfileError(.notText, line: 3)) {
            try LoadProfile(parsing: Array(Self.head.utf8) + [0x31, 0xFF, 0x2C, 0x30])
        }
    }
}
