import TestSupport
import Testing
import ValueElement
import ValueProtocol

/// READ USAGE, page by page.
@Suite struct AttackUsageTests {
    private func pages(
        _ session: inout Session, _ series: UsageSeries, from: UInt32 = 0, to: UInt32 = .max
    ) throws -> (bytes: [UInt8], pages: [Int]) {
        var cursor: UInt16 = 0
        var all: [UInt8] = []
        var sizes: [Int] = []
        repeat {
            let ask = ReadUsage(
                time: Timestamp(rawValue: 1), series: series, from: Timestamp(rawValue: from),
                to: Timestamp(rawValue: to), cursor: cursor)
            let outcome = try session.execute(ask)
            #expect(outcome.status == .done)
            #expect(10 + outcome.answer.count + 16 <= 255, "C4 and S4 fit 255 bytes")
            cursor = UInt16(outcome.answer[4]) << 8 | UInt16(outcome.answer[5])
            all += outcome.answer.dropFirst(6)
            sizes.append(outcome.answer.count - 6)
            try #require(sizes.count < 40)
        } while cursor != ReadUsage.end
        return (all, sizes)
    }

    /// Status of any length from four meters: every record is returned once, whole, and pages are filled.
    @Test func `meter status of every length`() throws {
        var numbers = SeededGenerator(seed: 3)
        for length in 0...128 {
            var image = World.issuedCard()
            var expected: [MeterStatusRecord] = []
            for (index, service) in UtilityService.all.enumerated() {
                let meter = PartyID(issuer: 7, kind: PartyKind(rawValue: service.rawValue), number: 20)
                var slot = MeterBinding(service: service, meter: meter, version: 1, kx: World.kx)
                slot.statusNT = UInt32(4 - index)
                slot.statusTime = Timestamp(rawValue: UInt32(100 - index))
                slot.meterStatus = numbers.bytes(index < 2 ? length : (length * 31 + index * 57) % 129)
                image.put(slot)
                expected.insert(
                    MeterStatusRecord(
                        service: service, meter: meter, nt: slot.statusNT, time: slot.statusTime,
                        status: slot.meterStatus), at: 0)
            }
            let victim = try Victim(image)
            var session = try victim.session(KeyName(.usage, 1))
            let (bytes, sizes) = try pages(&session, .meterStatus)
            #expect(MeterStatusRecord.records(bytes) == expected, "length \(length)")
            // A page ends only if the next record would not have fitted.
            var rest = expected.map(\.bytes.count)
            for size in sizes {
                var filled = 0
                while filled < size { filled += rest.removeFirst() }
                #expect(filled == size && (rest.first.map { size + $0 > ReadUsage.maxRecordBytes } ?? true))
            }
            // Bounds are inclusive.
            let inner = try pages(&session, .meterStatus, from: 98, to: 99).bytes
            #expect(MeterStatusRecord.records(inner) == Array(expected[1...2]))
        }
    }

    /// What DEBIT stores and what it leaves unchanged.
    @Test func `status by DEBIT`() throws {
        let victim = try Victim(World.issuedCard())
        func usage() throws -> [MeterStatusRecord]? {
            var session = try victim.session(KeyName(.usage, 1))
            return MeterStatusRecord.records(try pages(&session, .meterStatus).bytes)
        }
        #expect(try usage() == [])
        var credited: UInt32 = 0
        for (index, length) in [1, 128, 0, 64].enumerated() {
            var session = try victim.session(KeyName(.transfer, 1), key: World.kx, pid: World.gasMeter)
            let status = [UInt8](repeating: UInt8(index), count: length)
            #expect(try session.status(World.debit(1, credited: credited, status: status)) == .done)
            credited = try #require(try victim.image.slots.first).nt
            let reported = try #require(try usage())
            #expect(reported.map(\.status) == [index == 2 ? [UInt8](repeating: 1, count: 128) : status])
        }
        var session = try victim.session(KeyName(.transfer, 1), key: World.kx, pid: World.gasMeter)
        let long = World.debit(1, credited: credited, status: [UInt8](repeating: 0, count: 129))
        #expect(try session.status(long) == .malformed)
        #expect(try victim.image.purse(.gas)?.balance == Amount(rawValue: 996))
    }

    /// A meter's usage records, with counts around a page boundary.
    @Test func `hours`() throws {
        for count in [0, 1, 13, 14, 15, 27, 28, 29, 200] {
            let records = (0..<count).map { bigEndian(UInt32($0)) + [UInt8](repeating: UInt8($0), count: 12) }
            let victim = try Victim(World.issuedMeter(), usage: ListedRecords(records))
            var session = try victim.session(KeyName(.usage, 1))
            #expect(try pages(&session, .hours).bytes == records.flatMap { $0 }, "\(count)")
        }
    }

    /// Between any two pages older records make way and newer ones come: what is left is given once, none is passed over.
    @Test(arguments: [UsageSeries.hours, .days])
    func `records that make way`(_ series: UsageSeries) throws {
        for lost in [1, 5, 13, 14, 20] {
            let log = RollingRecords(Array(0..<60))
            let victim = try Victim(World.issuedMeter(), usage: log)
            var session = try victim.session(KeyName(.usage, 1))
            var (cursor, starts): (UInt16, [UInt32]) = (0, [])
            repeat {
                let ask = ReadUsage(
                    time: Timestamp(rawValue: 1), series: series, from: Timestamp(rawValue: 0),
                    to: Timestamp(rawValue: .max), cursor: cursor)
                let answer = try session.execute(ask).answer
                let next = UInt16(answer[4]) << 8 | UInt16(answer[5])
                #expect(next > cursor, "the cursor ascends")
                cursor = next
                let page = answer.dropFirst(6)
                starts += try #require(UsageRecord.records(Array(page))).map(\.start.rawValue)
                log.roll(lost)
                try #require(starts.count < 200)
            } while cursor != ReadUsage.end
            #expect(starts == starts.sorted() && Set(starts).count == starts.count, "\(lost): once each")
            #expect(Set(starts).isSuperset(of: log.starts), "\(lost): none passed over")
        }
    }

    /// Series that the element does not have, cursors beyond the end, and empty ranges.
    @Test func `odd`() throws {
        let card = try Victim(World.issuedCard())
        let meter = try Victim(World.issuedMeter(), usage: ListedRecords([[UInt8](repeating: 0, count: 16)]))
        var onCard = try card.session(KeyName(.usage, 1))
        var onMeter = try meter.session(KeyName(.usage, 1))
        func ask(_ series: UInt8, _ from: UInt32 = 0, _ to: UInt32 = .max, _ cursor: UInt16 = 0) -> ReadUsage {
            ReadUsage(
                time: Timestamp(rawValue: 0), series: UsageSeries(rawValue: series), from: Timestamp(rawValue: from),
                to: Timestamp(rawValue: to), cursor: cursor)
        }
        for series in 0...255 as ClosedRange<UInt8> {
            #expect(try onCard.status(ask(series)) == (series == 6 ? .done : .malformed))
            if series % 100 == 99 { onCard = try card.session(KeyName(.usage, 1)) }
            let isMeters = [1, 2, 3, 4, 5, 7, 8, 9, 0x81, 0x87, 0x88, 0x89].contains(series)
            #expect(try onMeter.status(ask(series)) == (isMeters ? .done : .malformed))
            if series % 100 == 99 { onMeter = try meter.session(KeyName(.usage, 1)) }
        }
        for cursor in [1, 2, 0x7FFF, 0xFFFE, 0xFFFF] as [UInt16] {
            #expect(try onMeter.execute(ask(1, 0, .max, cursor)).answer == bigEndian(1000 as UInt32) + [0xFF, 0xFF])
        }
        #expect(try onMeter.execute(ask(1, 9, 3)).answer.count == 6)
        #expect(try onMeter.execute(.readUsage, ask(1).request + [0]).status == .malformed)
    }
}

/// The same records in every series.
private final class ListedRecords: UsageLog {
    private let listed: [[UInt8]]
    init(_ records: [[UInt8]]) { listed = records }

    func records(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [[UInt8]] {
        listed.filter { record in
            let start = record.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
            return from.rawValue <= start && start <= to.rawValue
        }
    }
}

/// Records by their starts, of which the oldest make way for new ones.
private final class RollingRecords: UsageLog {
    private(set) var starts: [UInt32]
    private var rolls = 2
    init(_ starts: [UInt32]) { self.starts = starts }

    func roll(_ count: Int) {
        guard rolls > 0 else { return }
        rolls -= 1
        let next = (starts.last ?? 0) + 1
        starts = starts.dropFirst(count) + (0..<UInt32(count)).map { next + $0 }
    }

    func records(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [[UInt8]] {
        starts.filter { from.rawValue <= $0 && $0 <= to.rawValue }.map {
            bigEndian($0) + [UInt8](repeating: 0, count: 12)
        }
    }
}
