import CardIOTesting
import HeadEnd
import ISO7816
import Records
import RecordsSQLite
import Synchronization
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Many contacts at a time by the asynchronous driver, without a thread for each.
@Suite struct ContactDriverTests {
    private let files: TemporaryFolder
    private let keys: HostKeys
    private let records: RecordFile
    private let host: HostContext

    init() throws {
        files = try TemporaryFolder(isInMemory: true)
        keys = try testKeys()
        let own = try testKeys()
        records = try RecordFile.inMemory(auditKey: own.auditKey)
        let folder = HostFolder(files.path + "/host")
        try folder.prepare()
        host = HostContext(folder, records: records, keys: own) { Timestamp(rawValue: 1000) }
    }

    /// A card that many tasks reach one after the other; it may lose answers.
    final class Line: AsynchronousCardChannel {
        /// Used under the lock of `state` alone.
        private nonisolated(unsafe) let card: TestCard
        private let state: Mutex<(lost: Set<Int>, sent: Int)>
        private let gate: Gate?

        /// - Parameters:
        ///   - card: at its end.
        ///   - lost: the answers that are lost, by number.
        ///   - gate: passed before the first command.
        init(_ card: TestCard, losing lost: Set<Int> = [], gate: Gate? = nil) {
            self.card = card
            state = Mutex((lost, 0))
            self.gate = gate
        }

        func transmit(_ command: CommandAPDU) async throws(CardError) -> ResponseAPDU {
            if command.ins == 0xA4 { await gate?.pass() }
            await Task.yield()
            return try state.withLock { state throws(CardError) in
                let response = try card.channel.transmit(command)
                state.sent += 1
                guard !state.lost.contains(state.sent - 1) else {
                    throw CardError(.cardRemoved, subject: "the line")
                }
                return response
            }
        }

        func holds() -> UInt64 { state.withLock { _ in card.balance() } }
    }

    /// Opens once as many wait as were expected: they are all under way at once.
    actor Gate {
        private var missing: Int
        private var waiting: [CheckedContinuation<Void, Never>] = []
        init(_ count: Int) { missing = count }

        func pass() async {
            missing -= 1
            guard missing > 0 else {
                for one in waiting { one.resume() }
                waiting = []
                return
            }
            if missing >= 0 { await withCheckedContinuation { waiting.append($0) } }
        }
    }

    private static func order(_ amount: UInt64) -> ContactTask {
        .order(
            CreditRequest(
                kind: .storeCredit, service: .gas, currency: TestCard.euro, amount: Amount(rawValue: amount),
                reference: "order"))
    }

    /// A thousand contacts wait for their elements at the same time; with a thread for each they would not.
    @Test func `a thousand contacts at once`() async throws {
        let count = 1_000
        let gate = Gate(count)
        let lines = try (0..<count).map { Line(try TestCard(UInt32($0 + 1), keys: keys), gate: gate) }
        let driver = ContactDriver(host)
        let reports = try await withThrowingTaskGroup(of: ContactReport.self) { group in
            for line in lines { group.addTask { try await driver.run(Self.order(7), over: line) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(reports.count == count && Set(reports.map(\.element.eid)).count == count)
        #expect(lines.filter { $0.holds() != 7 }.isEmpty)
        #expect(try records.unsettled().isEmpty)
        #expect(try records.transactions(of: nil).count == count)
        try records.verify()
    }

    /// Answers are lost at random: repeated until it is done, each order is done once.
    @Test func `answers are lost among hundreds of contacts`() async throws {
        var random = SeededGenerator(seed: 13)
        let lines = try (0..<300).map { number in
            let lost = Set((0..<12).filter { _ in random.next() % 3 == 0 })
            return Line(try TestCard(UInt32(number + 1), keys: keys), losing: lost)
        }
        let driver = ContactDriver(host)
        let attempts = await withTaskGroup(of: Int.self) { group in
            for line in lines {
                group.addTask {
                    for attempt in 1...20 {
                        do throws(HostError) {
                            _ = try await driver.run(Self.order(7), over: line)
                            return attempt
                        } catch {
                            #expect([.noSession, .inDoubt, .stillInDoubt].contains(error.code), "\(error)")
                            #expect(attempt < 20, "\(error)")
                        }
                    }
                    return .max
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(attempts.filter { $0 == .max }.isEmpty && attempts.filter { $0 > 1 }.count > 100)
        #expect(lines.filter { $0.holds() != 7 }.isEmpty)
        #expect(try records.transactions(of: nil).filter { $0.state == .done }.count == 300)
        try records.verify()
    }

    @Test func `a host without keys contacts nobody`() async throws {
        let folder = HostFolder(files.path + "/other")
        try folder.prepare()
        let driver = ContactDriver(HostContext(folder, records: try RecordFile.inMemory(), keys: nil))
        let line = Line(try TestCard(keys: keys))
        await #expect(throws: HostError(.noKeys, "")) { try await driver.run(.recover, over: line) }
    }
}
