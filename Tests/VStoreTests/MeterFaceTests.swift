import Foundation
import MeterBench
import Testing
import ValueElement

@testable import vstore

/// The face of a meter in a terminal, as lines.
@Suite("The face in a terminal") struct MeterFaceTests {
    /// The face of a new meter with this many channels, a minute after its clock was set.
    private func face(channels: Int = 2) throws -> MeterFace {
        try Desk.with { desk in
            let ratings = [String](repeating: "--channel 220:40", count: channels).joined(separator: " ")
            try desk.done(
                "meter new --meter home --id 00A1B2C3-01-000077 --price 0.30 \(ratings) --passphrase-file -",
                Desk.passphrase)
            let start: Int64 = 1_767_225_600_000
            let unit = try BenchMeter(
                MeterFolder(path: desk.vstore.home.appending(path: "meters/home").path), milliseconds: start, now: start
            )
            let bench = Bench(
                unit,
                Bench.Setup(
                    speed: SimulationSpeed(factor: 60),
                    loads: BenchLoads([Load](repeating: .none, count: channels), profile: nil),
                    cards: BenchCards { name in throw MemoryError(.missing, name) }))
            try bench.step([], elapsed: .seconds(1))
            let face = bench.face
            try unit.stop()
            return face
        }
    }

    private func environment(_ columns: Int, _ rows: Int, events: Int = 20) -> MeterFace.Environment {
        MeterFace.Environment(
            events: (1...events).map { "event \($0)" }, size: WindowSize(columns: columns, rows: rows))
    }

    @Test(arguments: [1, 2, 8]) func `the smallest window shows everything and one event`(channels: Int) throws {
        let face = try face(channels: channels)
        let size = face.smallestWindow
        let lines = face.lines(environment(size.columns, size.rows))
        #expect(lines.count == size.rows)
        #expect(lines.allSatisfy { $0.count <= size.columns }, "\(lines)")
        #expect(lines.suffix(4) == MeterFace.keys[...])
        #expect(lines.filter { $0.hasPrefix("event ") } == ["event 20"])
        #expect(lines.count { $0.contains("220 V") } == channels)
    }

    @Test func `a window of 80 by 24 is enough for two channels`() throws {
        let lines = try face().lines(environment(80, 24))
        #expect(lines.count == 24)
        #expect(lines.contains("event 17") && lines.last == MeterFace.keys.last)
    }

    @Test func `a larger window shows more events`() throws {
        let lines = try face().lines(environment(120, 40))
        #expect(lines.count <= 40)
        #expect(lines.count { $0.hasPrefix("event ") } == MeterFace.maxEvents)
    }

    @Test(arguments: [(60, 20), (75, 40), (120, 19)])
    func `a window that is too small is told what size is needed`(columns: Int, rows: Int) throws {
        let face = try face()
        let lines = face.lines(environment(columns, rows))
        #expect(lines.contains("\(columns) columns, \(rows) rows."))
        #expect(lines.contains("76 columns, 20 rows."))
        #expect(face.smallestWindow == WindowSize(columns: 76, rows: 20))
    }

    @Test func `both clocks are labelled`() throws {
        let lines = try face().lines(environment(80, 24))
        #expect(lines[0].contains("bench time     2026-01-01T00:01:00Z  ×60"), "\(lines[0])")
        #expect(lines[1].contains("meter's clock  2026-01-01T00:01:00Z"), "\(lines[1])")
        #expect(lines.contains("events, by the meter's clock"))
    }

    @Test func `a line is cleared before it is written, and lines that are gone are cleared`() {
        let shown = ["a long line", "the same", "gone", "gone too"]
        #expect(
            TerminalText.changes(from: shown, to: ["short", "the same"])
                == "\u{1B}[1;1H\u{1B}[2Kshort\u{1B}[3;1H\u{1B}[J")
        #expect(TerminalText.changes(from: shown, to: shown).isEmpty)
        #expect(TerminalText.changes(from: [], to: ["a"]) == "\u{1B}[1;1H\u{1B}[2Ka")
    }

    @Test func `a line is cut to the window, and its colours end`() {
        #expect(TerminalText.cut("● line", to: 3) == "● l")
        #expect(TerminalText.cut("\u{1B}[1mbold\u{1B}[0m", to: 2) == "\u{1B}[1mbo\u{1B}[0m")
        #expect(TerminalText.cut("short", to: 80) == "short")
    }
}
