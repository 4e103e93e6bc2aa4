internal import ValueElement
internal import ValueProtocol

/// A meter's events, in a ring of memory records: `first number u32 ‖ event*`, 32 per record.
struct EventLog {
    private static let first: UInt16 = 0x5000
    private static let recordCount: UInt32 = 256
    private static let eventsPerRecord: UInt32 = 32
    private var records: [RecordName: [UInt8]] = [:]

    init(_ records: [RecordName: [UInt8]]) {
        let names = RecordName(EventLog.first)...RecordName(EventLog.first + UInt16(EventLog.recordCount) - 1)
        self.records = records.filter { names.contains($0.key) }
    }

    /// Adds an event.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - number: the count of earlier events.
    /// - Returns: the record to be written.
    mutating func add(_ event: EventRecord, number: UInt32) -> RecordChange {
        let index = number / EventLog.eventsPerRecord
        let name = RecordName(EventLog.first + UInt16(index % EventLog.recordCount))
        var content: [UInt8] = []
        if number % EventLog.eventsPerRecord == 0 {
            content.append(bigEndian: number)
        } else {
            content = records[name] ?? []
        }
        content += event.bytes
        records[name] = content
        return RecordChange(name, content)
    }

    /// The time of the newest event; nil before the first.
    var newest: Timestamp? {
        guard let record = records.values.max(by: { $0.prefix(4).lexicographicallyPrecedes($1.prefix(4)) }),
            record.count >= 4 + EventRecord.byteCount
        else { return nil }
        let event = Array(record.suffix(EventRecord.byteCount))
        return EventRecord(event)?.time
    }

    /// The events with their time in `from...to`, in order of occurrence.
    func events(from: Timestamp, to: Timestamp) -> [EventRecord] {
        numbered(from: from, to: to).compactMap { EventRecord($0.bytes) }
    }

    /// The same events with their numbers, which count all events from 0.
    func numbered(from: Timestamp, to: Timestamp) -> [NumberedRecord] {
        let ordered = records.values.sorted { $0.prefix(4).lexicographicallyPrecedes($1.prefix(4)) }
        var events: [NumberedRecord] = []
        for record in ordered {
            var number = record.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
            for offset in stride(from: 4, to: record.count, by: EventRecord.byteCount) {
                let event = Array(record[offset..<(offset + EventRecord.byteCount)])
                if let time = EventRecord(event)?.time, from <= time, time <= to {
                    events.append(NumberedRecord(number: number, bytes: event))
                }
                number += 1
            }
        }
        return events
    }
}
