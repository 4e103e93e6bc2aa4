import Testing
import ValueProtocol

@Suite struct PackedUsageTests {
    private func record(_ start: UInt32, _ quantity: UInt32, _ spent: UInt64) -> UsageRecord {
        UsageRecord(start: Timestamp(rawValue: start), quantity: quantity, spent: Amount(rawValue: spent))
    }

    /// Records that follow one another, until the page takes no more.
    private func page(_ records: [UsageRecord], room: Int) throws -> PackedUsage {
        var page = PackedUsage(try #require(records.first), interval: 900)
        for record in records.dropFirst() { guard page.append(record, room: room) else { break } }
        return page
    }

    /// Numbers at every length of LEB128, in pages of every room: what is read is what was written, as far as it went.
    @Test func `a page returns its records`() throws {
        let numbers = (0..<64).flatMap { bit -> [UInt64] in [1 << UInt64(bit), (1 << UInt64(bit)) - 1] } + [.max]
        let records = numbers.enumerated().map { index, number in
            record(1_767_225_600 + UInt32(index) * 900, UInt32(truncatingIfNeeded: number), number)
        }
        for room in 20...400 {
            let page = try page(records, room: room)
            #expect(page.bytes.count <= room && page.records == Array(records.prefix(page.count)), "\(room)")
            #expect(PackedUsage(page.bytes, interval: 900) == page)
        }
    }

    @Test func `a page ends at 255 records, at a gap and at a repetition`() throws {
        let many = (0..<300).map { record(UInt32($0) * 900, 0, 0) }
        let whole = try page(many, room: 10_000)
        #expect(whole.count == 255 && whole.bytes.count == 5 + 2 * 255)
        #expect(PackedUsage(whole.bytes, interval: 900)?.records == Array(many.prefix(255)))
        var short = PackedUsage(many[0], interval: 900)
        for start: UInt32 in [0, 899, 901, 1_800] {
            let isTaken = short.append(record(start, 1, 1), room: 223)
            #expect(!isTaken, "\(start)")
        }
        let follows = short.append(many[1], room: 223)
        #expect(follows && short.count == 2)
        // Time ends in 2106.
        var last = PackedUsage(record(.max - 100, 1, 1), interval: 900)
        let wraps = last.append(record(799, 1, 1), room: 223)
        #expect(!wraps)
    }

    @Test func `bytes that are no page`() throws {
        let good: [UInt8] = [0, 0, 0, 0, 2, 0x80, 0x01, 0x05, 0x06, 0x07]
        #expect(PackedUsage(good, interval: 900)?.records == [record(0, 128, 5), record(900, 6, 7)])
        for length in 0..<good.count { #expect(PackedUsage(Array(good.prefix(length)), interval: 900) == nil) }
        #expect(PackedUsage(good + [0], interval: 900) == nil)
        let wrong: [[UInt8]] = [
            [0, 0, 0, 0, 0],  // no record
            [0, 0, 0, 0, 1, 0x80, 0x00, 0x05],  // 0 in two bytes
            [0, 0, 0, 0, 1, 0xFF, 0x00, 0x05],  // 127 in two bytes
            [0, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x10, 0x05],  // 33 bits of quantity
            [0, 0, 0, 0, 1, 0x05, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],  // 65 bits of money
            [0, 0, 0, 0, 1, 0x05, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
            [0xFF, 0xFF, 0xFF, 0xF0, 2, 1, 1, 1, 1],  // a start after 2106
        ]
        for bytes in wrong { #expect(PackedUsage(bytes, interval: 900) == nil, "\(bytes)") }
    }

    @Test func `series and their packed numbers`() {
        let packed: [UsageSeries: UInt8] = [
            .hours: 0x81, .quarterHours: 0x87, .hoursGivenBack: 0x88, .quarterHoursGivenBack: 0x89,
        ]
        for number in UInt8.min...UInt8.max {
            let series = UsageSeries(rawValue: number)
            #expect(series.packed?.rawValue == packed[series])
            #expect(series.unpacked == packed.first { $0.value == number }?.key)
            #expect(series.isMeasured == [1, 2, 3, 4, 5, 7, 8, 9].contains(number))
        }
    }
}
