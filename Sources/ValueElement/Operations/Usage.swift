internal import ValueProtocol

extension ElementImage {
    /// READ USAGE.
    ///
    /// The cursor counts the records that the session was given. Between two pages older records may make way, so the
    /// session remembers the number of the last one given, and goes on after it.
    func readUsage(
        _ c3: [UInt8], _ facts: inout SessionFacts, _ environment: ElementEnvironment
    ) -> (BusinessStatus, [UInt8]) {
        guard let order = ReadUsage(c3) else { return (.malformed, []) }
        let series = order.series.unpacked ?? order.series
        let records: [NumberedRecord]
        if series.isMeasured, eid.kind.measures {
            records = environment.usage.numberedRecords(series, from: order.from, to: order.to)
        } else if order.series == .meterStatus, eid.kind == .subscriberCard {
            // No slot changes in a session that reads.
            records = meterStatusRecords(from: order.from, to: order.to).enumerated().map {
                NumberedRecord(number: UInt32($0.offset), bytes: $0.element)
            }
        } else {
            return (.malformed, [])
        }
        var index = Int(order.cursor)
        if order.cursor > 0, let before = facts.reading, before.isContinued(by: order) {
            index = records.firstIndex { $0.number > before.lastNumber } ?? records.count
        }
        var page = UsagePage(of: order.series)
        var given = Int(order.cursor)
        var lastNumber: UInt32?
        // A cursor has 16 bits, and its last value means the end. The host reads later records by a later start time.
        while index < records.count, given < Int(ReadUsage.end), page.add(records[index].bytes) {
            lastNumber = records[index].number
            index += 1
            given += 1
        }
        let next = index < records.count && given < Int(ReadUsage.end) ? UInt16(given) : ReadUsage.end
        facts.reading = lastNumber.map {
            UsageReading(series: order.series, from: order.from, to: order.to, next: next, lastNumber: $0)
        }
        var bytes: [UInt8] = []
        bytes.append(bigEndian: environment.clock.now.rawValue)
        bytes.append(bigEndian: next)
        return (.done, bytes + page.bytes)
    }

    private func meterStatusRecords(from: Timestamp, to: Timestamp) -> [[UInt8]] {
        slots.filter { $0.statusNT > 0 && from <= $0.statusTime && $0.statusTime <= to }
            .sorted { ($0.statusTime, $0.statusNT) < ($1.statusTime, $1.statusNT) }
            .map { slot in
                MeterStatusRecord(
                    service: slot.service, meter: slot.meter, nt: slot.statusNT, time: slot.statusTime,
                    status: slot.meterStatus
                ).bytes
            }
    }

    /// SET CLOCK; the clock itself is set once this is committed.
    mutating func setClock(_ c3: [UInt8], now: Timestamp) -> (BusinessStatus, [UInt8]) {
        guard eid.kind.measures, let order = SetClock(c3) else { return (.malformed, []) }
        // What the clock that ends, or the one that begins, has brought into force stays so when it is set back.
        charges.advance(to: now)
        charges.advance(to: order.time)
        var bytes: [UInt8] = []
        bytes.append(bigEndian: now.rawValue)
        return (.done, bytes)
    }
}

/// The records of an answer, as they are or packed.
private enum UsagePage {
    case plain([UInt8])
    case packed(PackedUsage?, interval: UInt32)

    init(of series: UsageSeries) {
        if let interval = series.unpacked?.interval {
            self = .packed(nil, interval: interval)
        } else {
            self = .plain([])
        }
    }

    /// Adds a record; false if it does not fit or, packed, does not follow the one before.
    mutating func add(_ record: [UInt8]) -> Bool {
        switch self {
        case .plain(let bytes):
            guard bytes.count + record.count <= ReadUsage.maxRecordBytes else { return false }
            self = .plain(bytes + record)
        case .packed(let before, let interval):
            guard let usage = UsageRecord(record) else { return false }
            guard var page = before else {
                self = .packed(PackedUsage(usage, interval: interval), interval: interval)
                return true
            }
            guard page.append(usage, room: ReadUsage.maxRecordBytes) else { return false }
            self = .packed(page, interval: interval)
        }
        return true
    }

    var bytes: [UInt8] {
        switch self {
        case .plain(let bytes): bytes
        case .packed(let page, _): page?.bytes ?? []
        }
    }
}

/// Where a session's reading of a series is.
struct UsageReading {
    let series: UsageSeries
    let from: Timestamp
    let to: Timestamp
    /// The cursor of the next page.
    let next: UInt16
    /// Of the last record given.
    let lastNumber: UInt32

    func isContinued(by order: ReadUsage) -> Bool {
        order.series == series && order.from == from && order.to == to && order.cursor == next
    }
}
