import CardCrypto
import Foundation
import HeadEnd
import ISO7816
import Records
import RecordsSQLite
import Synchronization
import ValueElement
import ValueProtocol

/// Times what `vstore host recover` does with a restored backup: each element is asked for its highest transaction and its
/// balance, and what the records lack is written down.
///
/// Elements, their channels and the host are in this process; the elements' own work is timed apart.
///
/// Usage: recovery-times FOLDER [ELEMENTS [AT ONCE]]
@main
struct RecoveryTimes {
    static let euro = Currency(rawValue: 978)
    static let auditKey = Secret(copying: Array(1...32))
    static let host = PartyID(issuer: 1, kind: .host, number: 1)

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 2 else {
            print("recovery-times FOLDER [ELEMENTS [AT ONCE]]")
            return
        }
        let elements = arguments.count > 2 ? Int(arguments[2]) ?? 10_000 : 10_000
        let atOnce = arguments.count > 3 ? Int(arguments[3]) ?? 500 : 500
        let field = try (0..<elements).map { try Element(number: UInt32($0 + 1)) }
        let first = try open(arguments[1] + "/first")
        try await visit(field, first, atOnce) { _ in order("before", 100) }
        let copy = HostFolder(arguments[1] + "/copy")
        _ = try first.backUp(
            to: copy, create: { path, _ in try RecordFile.create(at: path, auditKey: auditKey) },
            reopen: { path, _ in try RecordFile.open(at: path, auditKey: auditKey) })
        // Every second element goes on.
        let busy = field.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        for round in 1...2 { try await visit(busy, first, atOnce) { _ in order("after \(round)", 7) } }

        let restored = try open(arguments[1] + "/copy")
        for element in field { element.clear() }
        let clock = ContinuousClock()
        var gaps = 0
        let before = processorSeconds()
        let elapsed = try await clock.measure {
            let reports = try await visit(field, restored, atOnce) { _ in .acceptNumbers }
            for case .numbers(let numbers) in reports.map(\.result) where numbers.gap != nil {
                precondition(numbers.orders.map(\.amount.rawValue) == [7, 7], "an order was lost or doubled")
                gaps += 1
            }
        }
        let computing = processorSeconds() - before
        precondition(gaps == busy.count, "\(gaps) elements had orders that the records lack, not \(busy.count)")
        let own = field.reduce(Duration.zero) { $0 + $1.spent }
        print(
            "\(elements) elements asked in \(elapsed), \(computing) s of processors; their own work takes \(own); "
                + "\(gaps) lack two orders each"
        )
        for element in field where element.balance != (element.isBusy ? 114 : 100) { preconditionFailure("value lost") }
        try restored.records.verify(against: [])
    }

    /// Of all threads of this process.
    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func order(_ reference: String, _ amount: UInt64) -> ContactTask {
        .order(
            CreditRequest(
                kind: .storeCredit, service: .gas, currency: euro, amount: Amount(rawValue: amount),
                reference: reference))
    }

    private static func open(_ path: String) throws -> HostContext {
        let folder = HostFolder(path)
        try folder.prepare()
        let keys = try Self.keys()
        let records = try RecordFile.openOrCreate(at: folder.records, auditKey: auditKey)
        return HostContext(folder, records: records, keys: keys) { Timestamp(rawValue: 1000) }
    }

    static func keys() throws -> sending HostKeys {
        let keys = try HostKeys(pid: host)
        for purpose in [Purpose.credit, .usage, .admin] {
            keys.hold(Secret(copying: [UInt8](repeating: purpose.rawValue, count: 16)), as: KeyName(purpose, 1))
        }
        return keys
    }

    /// Contacts every element, so many at once.
    @discardableResult
    private static func visit(
        _ field: [Element], _ host: HostContext, _ atOnce: Int, _ task: @escaping @Sendable (Element) -> ContactTask
    ) async throws -> [ContactReport] {
        let driver = ContactDriver(host)
        return try await withThrowingTaskGroup(of: ContactReport.self) { group in
            var reports: [ContactReport] = []
            for (number, element) in field.enumerated() {
                if number >= atOnce, let report = try await group.next() { reports.append(report) }
                group.addTask { try await driver.run(task(element), expecting: element.eid, over: element) }
            }
            for try await report in group { reports.append(report) }
            return reports
        }
    }
}

/// A gas meter's element in this process.
final class Element: AsynchronousCardChannel {
    let eid: PartyID
    private nonisolated(unsafe) let card: ValueCard
    private nonisolated(unsafe) let channel: InProcessChannel
    private let used = Mutex(Duration.zero)

    init(number: UInt32) throws {
        eid = PartyID(issuer: 1, kind: .gasMeter, number: number)
        let suite = try CipherSuite()
        let keys = try RecoveryTimes.keys()
        var image = ElementImage(blank: eid, transportKey: nil)
        image.state = .issued
        for name in keys.names {
            guard let key = keys.elementKey(name, of: eid, suite) else { continue }
            image.put(StoredKey(name: name, key: key))
        }
        image.put(Purse(service: .gas, currency: RecoveryTimes.euro, limit: .all))
        card = try ValueCard(VolatileMemory(ValueCard.records(image)))
        channel = try InProcessChannel(card)
    }

    var isBusy: Bool { eid.number % 2 == 1 }
    var spent: Duration { used.withLock { $0 } }
    var balance: UInt64? { used.withLock { _ in card.element?.image.purse(.gas)?.balance.rawValue } }

    func clear() { used.withLock { $0 = .zero } }

    func transmit(_ command: CommandAPDU) async throws(CardError) -> ResponseAPDU {
        try used.withLock { used throws(CardError) in
            let start = ContinuousClock.now
            defer { used += ContinuousClock.now - start }
            return try channel.transmit(command)
        }
    }
}
