internal import GRDB
public import ValueProtocol

/// An event of a meter: supply, power, value, clock, tampering or a fault, as the meter itself proved it.
public struct EventRecord: Sendable, Hashable {
    /// By the meter's clock.
    public let time: Timestamp
    /// What it was; 05xx are tamper codes.
    public let code: UInt16
    public let value: UInt32

    public init(time: Timestamp, code: UInt16, value: UInt32) {
        self.time = time
        self.code = code
        self.value = value
    }

    /// Whether somebody was at the meter.
    public var isTamper: Bool { code >> 8 == 5 }

    static let count = 10

    /// The events one after the other in an answer (protocol §6); nil where they are not whole.
    static func records(_ bytes: [UInt8]) -> [EventRecord]? {
        guard bytes.count % count == 0 else { return nil }
        return stride(from: 0, to: bytes.count, by: count).map { place in
            func number(_ range: Range<Int>) -> UInt32 {
                bytes[(place + range.lowerBound)..<(place + range.upperBound)].reduce(0) { $0 << 8 | UInt32($1) }
            }
            return EventRecord(
                time: Timestamp(rawValue: number(0..<4)), code: UInt16(number(4..<6)), value: number(6..<10))
        }
    }
}

extension RecordFile {
    /// A meter's events, oldest first.
    ///
    /// - Throws: `HostError` of the file.
    public func events(
        of meter: PartyID, from: Timestamp = Timestamp(rawValue: 0), to: Timestamp = Timestamp(rawValue: .max)
    ) throws(HostError) -> [EventRecord] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM meter_event WHERE eid = ? AND time BETWEEN ? AND ? ORDER BY time, rowid",
                arguments: ["\(meter)", from.rawValue, to.rawValue]
            ).map { row in
                let row = RecordRow(row: row, path: path)
                return EventRecord(
                    time: Timestamp(rawValue: try row.unsigned("time")), code: try row.unsigned("code"),
                    value: try row.unsigned("value"))
            }
        }
    }

    /// Keeps events; those that are kept already are not kept twice.
    ///
    /// - Parameter events: all of the meter's from the time of the first on.
    /// - Returns: those that are new.
    func keep(_ events: [EventRecord], of meter: PartyID, at time: Timestamp) throws(HostError) -> [EventRecord] {
        try write { database in
            var seen: [EventRecord: Int] = [:]
            return try events.filter { event in
                let nth = seen[event, default: 0]
                seen[event] = nth + 1
                try database.execute(
                    sql: "INSERT OR IGNORE INTO meter_event VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: ["\(meter)", event.time.rawValue, event.code, event.value, nth, time.rawValue])
                return database.changesCount == 1
            }
        }
    }
}
