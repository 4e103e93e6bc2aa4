import CardIOTesting
import HeadEnd
import ISO7816
import Records
import RecordsSQLite
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A backup is restored after the field went on: each element is asked, nothing is done twice, and whatever the records
/// lack is listed for a person.
@Suite struct RestoredBackupTests {
    /// What became of an element before the backup and after it.
    private enum Course: CaseIterable {
        case unused, loadedBefore, loadedAfter, loadedOften, refunded, drawnOn, inDoubtAndApplied, inDoubtAndNot,
            retried, retriedAndLoaded

        /// The highest number that the restored records know, and the orders above it that the element still knows.
        var lacking: (known: UInt64, orders: [(number: UInt64, amount: UInt64)]) {
            switch self {
            case .unused: (0, [])
            case .loadedBefore, .drawnOn, .inDoubtAndNot, .inDoubtAndApplied: (1, [])
            case .loadedAfter: (1, [(2, 7)])
            // The records have its number, as an order that was not applied.
            case .retried: (1, [])
            case .retriedAndLoaded: (1, [(2, 7)])
            // It keeps eight.
            case .loadedOften: (1, (6...13).map { ($0, 7) })
            case .refunded: (1, [(2, 7), (3, 3)])
            }
        }

        /// Whether an order that the restored records have as not applied was done after them.
        var isRetried: Bool { self == .retried || self == .retriedAndLoaded }

        func expect(_ numbers: AcceptedNumbers) {
            let (known, orders) = lacking
            let isBehind = !orders.isEmpty || isRetried
            #expect(numbers.gap?.known.rawValue == (isBehind ? known : nil), "\(self)")
            #expect(numbers.gap?.applied.rawValue == (isBehind ? orders.last?.number ?? known : nil), "\(self)")
            let lacking = orders.map {
                AcceptedNumbers.Order(htxn: HostTransaction(rawValue: $0.number), amount: Amount(rawValue: $0.amount))
            }
            #expect(numbers.orders == lacking, "\(self)")
            #expect(numbers.doubted?.htxn.rawValue == (isRetried ? known : nil), "\(self)")
            #expect(numbers.doubted?.state == (isRetried ? .done : nil), "\(self)")
        }
    }

    private let files: TemporaryFolder
    private let keys: HostKeys
    private let courses: [(card: TestCard, course: Course)]

    init() throws {
        files = try TemporaryFolder(isInMemory: true)
        let keys = try testKeys()
        self.keys = keys
        courses = try (0..<(3 * Course.allCases.count)).map { number in
            (try TestCard(UInt32(number + 1), keys: keys), Course.allCases[number % Course.allCases.count])
        }
    }

    private func host(_ name: String) throws -> (HostContext, RecordFile) {
        let folder = HostFolder(files.path(of: name))
        try folder.prepare()
        let records = try RecordFile.openOrCreate(at: folder.records, auditKey: keys.auditKey)
        return (HostContext(folder, records: records, keys: try testKeys()) { Timestamp(rawValue: 1000) }, records)
    }

    private func before(_ client: ElementClient, _ card: TestCard, _ course: Course) throws {
        switch course {
        case .unused: break
        case .inDoubtAndApplied:
            let channel = FaultyChannel(card.channel, fault: .dropAnswer(3))
            expect(.inDoubt) { _ = try client.store(50, over: channel, reference: "b") }
        case .inDoubtAndNot:
            let channel = FaultyChannel(card.channel, fault: .dropCommand(3))
            expect(.inDoubt) { _ = try client.store(50, over: channel, reference: "b") }
        case .retried, .retriedAndLoaded:
            let channel = FaultyChannel(card.channel, fault: .dropCommand(3))
            expect(.inDoubt) { _ = try client.store(50, over: channel, reference: "b") }
            #expect(try client.recover(over: card.channel).map(\.state) == [.notApplied])
        default: #expect(try client.store(100, over: card.channel, reference: "b").state == .done)
        }
    }

    private func after(_ client: ElementClient, _ card: TestCard, _ course: Course) throws {
        switch course {
        case .unused, .loadedBefore: break
        case .loadedAfter: #expect(try client.store(7, over: card.channel, reference: "a").state == .done)
        case .loadedOften:
            for number in 0..<12 {
                #expect(try client.store(7, over: card.channel, reference: "a\(number)").state == .done)
            }
        case .refunded:
            #expect(try client.store(7, over: card.channel, reference: "a").state == .done)
            #expect(try client.takeOff(3, over: card.channel, reference: "r").state == .done)
        case .drawnOn: try card.spend(40)
        case .inDoubtAndApplied, .inDoubtAndNot: _ = try client.recover(over: card.channel)
        case .retried, .retriedAndLoaded:
            #expect(try client.store(50, over: card.channel, reference: "b").state == .done)
            guard course == .retriedAndLoaded else { return }
            #expect(try client.store(7, over: card.channel, reference: "a").state == .done)
        }
    }

    @Test func `every element is asked, and what the records lack is listed`() async throws {
        let (first, records) = try host("first")
        let client = try client(records, keys)
        for (card, course) in courses { try before(client, card, course) }
        let copy = HostFolder(files.path(of: "copy"))
        _ = try first.backUp(
            to: copy, create: { path, _ in try RecordFile.create(at: path, auditKey: keys.auditKey) },
            reopen: { path, _ in try RecordFile.open(at: path, auditKey: keys.auditKey) })
        for (card, course) in courses { try after(client, card, course) }

        let (restored, old) = try host("copy")
        let driver = ContactDriver(restored)
        for (card, course) in courses {
            let holds = try card.holds()
            let report = try await driver.run(.acceptNumbers, expecting: card.eid, over: ContactDriverTests.Line(card))
            guard case .numbers(let numbers) = report.result, numbers.eid == card.eid else {
                Issue.record("\(course): \(report.result)")
                continue
            }
            course.expect(numbers)
            #expect(try card.holds() == holds)
        }
        #expect(try old.unsettled().isEmpty)
        for (card, course) in courses where course.isRetried {
            let holds = try card.holds()
            let repeated = try HeadEndTests.client(old, keys).store(50, over: card.channel, reference: "b")
            #expect(repeated.isRepeated && repeated.state == .done, "\(course)")
            #expect(try card.holds() == holds)
        }
        #expect(try old.violations().isEmpty)
        try old.verify()
    }
}
