import Issuing
import Synchronization
import TestSupport
import Testing
import ValueElement
import ValueProtocol

@Suite struct BatchTests {
    @Test func `rows go to the cards they name and the next ones`() throws {
        let bench = try BatchBench()
        let run = try bench.run(BatchBench.header + "next,gas,EUR,10\n" + "00A1B2C310000003,,USD,1\n" + "next,,EUR,1\n")
        #expect(try run.handle(bench.card(3)) == BatchOutcome(eid: TestKeys.card(3), line: 3, result: .issued))
        #expect(try run.handle(bench.card(1)) == BatchOutcome(eid: TestKeys.card(1), line: 2, result: .issued))
        // An issued card gets no second row.
        #expect(try run.handle(bench.card(1)) == BatchOutcome(eid: TestKeys.card(1), line: nil, result: .notNeeded))
        #expect(run.progress == BatchProgress(total: 3, issued: 2, failed: 0))
        #expect(try run.handle(bench.card(2)).line == 4)
        #expect(run.progress.left == 0)
        #expect(try run.handle(bench.card(4)).result == .notNeeded)
        #expect(try bench.image(4)?.state == .blank)
        #expect(try bench.image(1)?.purses.map(\.service) == [.gas])
        #expect(try bench.image(3)?.purses.isEmpty == true)
    }

    /// Stopped by a lost answer at every message of the card and restarted: the row stays with its card, and no row
    /// goes to two cards.
    @Test func `a stopped batch goes on with the same card`() throws {
        var stops = 0
        for message in 1... {
            let bench = try BatchBench()
            let csv = BatchBench.header + "next," + BatchBench.row + "next," + BatchBench.row
            let first = try bench.card(1)
            bench.lose(message, of: 1)
            let outcome = try bench.run(csv).handle(first)
            let isStopped = outcome.result != .issued
            if isStopped { stops += 1 }
            bench.calm()
            try bench.master.repair()

            let again = try bench.run(csv)
            let other = try again.handle(bench.card(2))
            #expect(other.result == .issued, "message \(message)")
            let back = try again.handle(bench.card(1))
            #expect(back.result == (isStopped ? .issued : .notNeeded), "message \(message)")
            #expect(again.progress == BatchProgress(total: 2, issued: 2, failed: 0), "message \(message)")
            #expect(try again.handle(bench.card(3)).result == .notNeeded, "message \(message)")
            for number: UInt32 in 1...2 {
                #expect(try bench.image(number)?.purses.count == 2, "message \(message)")
                #expect(try bench.image(number)?.state == .issued, "message \(message)")
            }
            guard isStopped else { break }
        }
        #expect(stops >= 10)
    }

    @Test func `why a card failed is an error with its cause`() throws {
        let bench = try BatchBench()
        let card = try bench.card(1)
        bench.lose(1, of: 1)
        let outcome = try bench.run(BatchBench.header + "next," + BatchBench.row).handle(card)
        guard case .failed(let error) = outcome.result else {
            Issue.record("\(outcome)")
            return
        }
        #expect(error.code == .session && error.cause != nil)
    }

    @Test func `a card issued before the result was written counts as issued`() throws {
        let bench = try BatchBench()
        let csv = BatchBench.header + "next,gas,EUR,10\n"
        do { _ = try bench.run(csv).handle(bench.card(1)) }
        // The last line is lost, as by a power cut.
        let bytes = try bench.resultFile.read()
        try bench.resultFile.write(bytes.dropLast(5))
        let again = try bench.run(csv)
        #expect(again.progress.left == 0)
        #expect(try bench.resultFile.read() == bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                line,eid,outcome,reason,time
                2,00A1B2C3-10-000001,assigned,,7
                2,00A1B2C3-10-000001,issued,,7

                """)
    }

    @Test func `a plan the keys cannot serve is refused before the first card`() throws {
        let bench = try BatchBench()
        let order = try BatchOrder(csv: BatchBench.header + "next,,EUR,1\n" + "next," + BatchBench.row)
        let desk = bench.master.desk
        let held = TestKeys.checked([KeyName(.admin, 1), KeyName(.credit, 1)], bench.suite)
        let error = #expect(throws: IssueError(.planWrong, "")) {
            try BatchRun(order, by: desk, held: held, results: BatchResults())
        }
        #expect(error?.subject.hasPrefix("line 3") == true)
    }

    @Test(.timeLimit(.minutes(10))) func `many readers, one master-key card`() async throws {
        let bench = try BatchBench()
        let count: UInt32 = 9
        let csv = BatchBench.header + String(repeating: "next," + BatchBench.row, count: Int(count))
        var stations: [TestStation] = []
        for reader: UInt32 in 0..<3 {
            let cards = try (0..<4).map { TestStation.Card(channel: try bench.card(reader * 4 + $0)) }
            stations.append(TestStation("reader \(reader)", cards, waits: true))
        }
        let reports = Mutex<[BatchReport]>([])
        let batch = IssuingBatch(try sendable(bench.run(csv)))
        try await batch.issue(at: stations) { report in reports.withLock { $0.append(report) } }
        #expect(batch.progress == BatchProgress(total: 9, issued: 9, failed: 0))
        // Cards 10 and 11 are outside the master-key card's range: their rows went to other cards.
        let lines = reports.withLock { $0.filter { $0.outcome.result == .issued }.compactMap(\.outcome.line) }
        #expect(lines.sorted() == Array(2...10))
        let issued = try (0..<12).filter { try bench.image($0)?.state == .issued }
        #expect(issued.count == 9)
    }

    @Test(.timeLimit(.minutes(10))) func `stopped between two cards and resumed`() async throws {
        let bench = try BatchBench()
        let csv = BatchBench.header + String(repeating: "next," + BatchBench.row, count: 4)
        let cards = try (0..<4).map { TestStation.Card(channel: try bench.card($0)) }
        let busy = TestStation("busy", cards, waits: true)
        let idle = TestStation("idle", [], waits: true)
        let batch = IssuingBatch(try sendable(bench.run(csv)))
        try await batch.issue(at: [busy, idle]) { report in
            if report.progress.issued == 2 { batch.stop() }
        }
        #expect(batch.progress.issued == 2)
        try await batch.issue(at: [busy, idle])
        #expect(batch.progress.issued == 4)
    }

    /// Whether the station waits for cards before the batch knows what to cancel, or after.
    @Test(.timeLimit(.minutes(10))) func `stopped as soon as it begins`() async throws {
        let bench = try BatchBench()
        let batch = IssuingBatch(try sendable(bench.run(BatchBench.header + "next," + BatchBench.row)))
        let station = TestStation("idle", [], waits: true) { batch.stop() }
        for _ in 0..<200 { try await batch.issue(at: [station]) }
        #expect(batch.progress.issued == 0)
    }

    /// The bench keeps the cards; they are inspected only after the batch.
    private func sendable(_ run: @autoclosure () throws -> BatchRun) rethrows -> sending BatchRun {
        nonisolated(unsafe) let run = try run()
        return run
    }
}
