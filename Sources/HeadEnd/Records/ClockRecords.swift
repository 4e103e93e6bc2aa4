internal import GRDB
public import ValueProtocol

/// A meter's clock beside the host's.
public struct ClockRecord: Sendable, Hashable {
    /// The host's time.
    public let time: Timestamp
    /// What the meter's clock said; nil where a setting was never answered.
    public let clock: Timestamp?
    /// What it was set to; nil where it was only read.
    public let target: Timestamp?

    public init(time: Timestamp, clock: Timestamp?, target: Timestamp?) {
        self.time = time
        self.clock = clock
        self.target = target
    }
}

extension RecordFile {
    /// How a meter's clock stood, oldest first.
    ///
    /// - Throws: `HostError` of the file.
    public func clocks(of meter: PartyID) throws(HostError) -> [ClockRecord] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM meter_clock WHERE eid = ? ORDER BY number", arguments: ["\(meter)"]
            ).map { row in
                let row = RecordRow(row: row, path: path)
                return ClockRecord(
                    time: Timestamp(rawValue: try row.unsigned("time")),
                    clock: row.isNull("clock") ? nil : Timestamp(rawValue: try row.unsigned("clock")),
                    target: row.isNull("target") ? nil : Timestamp(rawValue: try row.unsigned("target")))
            }
        }
    }

    /// Notes a clock that was read.
    func note(_ clock: Timestamp, of meter: PartyID, at time: Timestamp) throws(HostError) {
        try write { database in
            try database.execute(
                sql: "INSERT INTO meter_clock (eid, time, clock) VALUES (?, ?, ?)",
                arguments: ["\(meter)", time.rawValue, clock.rawValue])
        }
    }

    /// Notes that a clock is about to be set. What is recorded after a step back is read, even where no answer comes.
    ///
    /// - Returns: the number of the note, for the answer.
    func beginSetting(_ target: Timestamp, of meter: PartyID, at time: Timestamp) throws(HostError) -> Int64 {
        try write { database in
            try database.execute(
                sql: "UPDATE use_mark SET clock = min(clock, ?) WHERE eid = ?",
                arguments: [target.rawValue, "\(meter)"])
            try database.execute(
                sql: "INSERT INTO meter_clock (eid, time, target) VALUES (?, ?, ?)",
                arguments: ["\(meter)", time.rawValue, target.rawValue])
            return database.lastInsertedRowID
        }
    }

    /// Notes what the clock said before it was set.
    func concludeSetting(_ number: Int64, before: Timestamp) throws(HostError) {
        try write { database in
            try database.execute(
                sql: "UPDATE meter_clock SET clock = ? WHERE number = ?", arguments: [before.rawValue, number])
        }
    }
}
