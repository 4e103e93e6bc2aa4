internal import ValueProtocol

extension ElementImage {
    /// READ USAGE.
    func readUsage(_ c3: [UInt8], _ environment: ElementEnvironment) -> (BusinessStatus, [UInt8]) {
        guard let order = ReadUsage(c3) else { return (.malformed, []) }
        let all: [[UInt8]]
        if order.series.isMeters, eid.kind.isMeter {
            all = environment.usage.records(order.series, from: order.from, to: order.to)
        } else if order.series == .meterStatus, eid.kind == .subscriberCard {
            all = meterStatusRecords(from: order.from, to: order.to)
        } else {
            return (.malformed, [])
        }
        // A cursor has 16 bits, and its last value means the end. The host reads later records by a later start time.
        let records = all.prefix(Int(ReadUsage.end))
        var page: [UInt8] = []
        var index = Int(order.cursor)
        while index < records.count, page.count + records[index].count <= ReadUsage.maxRecordBytes {
            page += records[index]
            index += 1
        }
        var bytes: [UInt8] = []
        bytes.append(bigEndian: environment.clock.now.rawValue)
        bytes.append(bigEndian: index < records.count ? UInt16(index) : ReadUsage.end)
        return (.done, bytes + page)
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
    func setClock(_ c3: [UInt8], now: Timestamp) -> (BusinessStatus, [UInt8]) {
        guard eid.kind.isMeter, SetClock(c3) != nil else { return (.malformed, []) }
        var bytes: [UInt8] = []
        bytes.append(bigEndian: now.rawValue)
        return (.done, bytes)
    }
}
