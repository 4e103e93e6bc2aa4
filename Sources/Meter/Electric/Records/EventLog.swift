internal import ValueElement
internal import ValueProtocol

/// A meter's events, in records of the memory that take turns: `first number u32 ‖ event*`, 32 a record.
struct EventLog {
    private static let first: UInt16 = 0x5000
    private static let recordCount: UInt32 = 256
    private static let eventsARecord: UInt32 = 32
    private var records: [RecordName: [UInt8]] = [:]

    init(_ records: [RecordName: [UInt8]]) {
        let names = RecordName(EventLog.first)...RecordName(EventLog.first + UInt16(EventLog.recordCount) - 1)
        self.records = records.filter { names.contains($0.key) }
    }

    /// Adds an event.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - number: how many there were before.
    /// - Returns: the record as it is to be written.
    mutating func add(_ event: EventRecord, number: UInt32) -> RecordChange {
        let place = number / EventLog.eventsARecord
        let name = RecordName(EventLog.first + UInt16(place % EventLog.recordCount))
        var content: [UInt8] = []
        if number % EventLog.eventsARecord == 0 {
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

    /// The events with their time in `from...to`, in the order in which they happened.
    func events(from: Timestamp, to: Timestamp) -> [EventRecord] {
        let ordered = records.values.sorted { $0.prefix(4).lexicographicallyPrecedes($1.prefix(4)) }
        var events: [EventRecord] = []
        for record in ordered {
            for place in stride(from: 4, to: record.count, by: EventRecord.byteCount) {
                let event = record[place..<(place + EventRecord.byteCount)]
                if let event = EventRecord(Array(event)), from <= event.time, event.time <= to { events.append(event) }
            }
        }
        return events
    }
}
