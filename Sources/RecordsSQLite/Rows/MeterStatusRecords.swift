internal import GRDB
public import Records
public import ValueProtocol

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension RecordFile {
    @discardableResult
    public func record(
        _ statuses: [MeterStatusRecord], from card: PartyID, at time: Timestamp
    ) throws(HostError) -> [MeterStatusRecord] {
        try write { database in
            try ensureElement(card, in: database)
            return try statuses.filter { record in
                try database.execute(
                    sql: "INSERT OR IGNORE INTO meter_status VALUES (?, ?, ?, ?, ?, ?, ?)",
                    arguments: [
                        "\(card)", record.service.rawValue, "\(record.meter)", record.nt, record.time.rawValue,
                        Data(record.status), time.rawValue,
                    ])
                return database.changesCount == 1
            }
        }
    }

    public func meterStatus(of meter: PartyID) throws(HostError) -> [MeterStatusRecord] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM meter_status WHERE meter = ? ORDER BY time, card, nt",
                arguments: ["\(meter)"]
            ).map { row in
                let row = RecordRow(row: row, path: path)
                return MeterStatusRecord(
                    service: UtilityService(rawValue: try row.unsigned("service")), meter: meter,
                    nt: try row.unsigned("nt"),
                    time: Timestamp(rawValue: try row.unsigned("time")), status: try row.bytes("status"))
            }
        }
    }
}
