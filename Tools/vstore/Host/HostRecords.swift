import ArgumentParser
import HeadEnd
import Records
import RecordsPostgreSQL
import RecordsSQLite
import ValueProtocol

struct HostAudit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Show the audit trail, verified, or the entry of a receipt's mark.",
        discussion: """
              vstore host audit
              vstore host audit --of 00A1B2C3-10-011234
              vstore host audit --mark 118-3F2A90C41B77D05E
            """)

    @OptionGroup var hostOptions: HostOptions

    @Option(
        name: .long, help: ArgumentHelp("Only entries on this card or meter.", valueName: "eid"),
        transform: PartyID.argument)
    var of: PartyID?

    @Option(
        name: .long, help: ArgumentHelp("Only the entry of this mark, as on a receipt.", valueName: "mark"),
        transform: AuditMark.argument)
    var mark: AuditMark?

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let records = try HostContext.open(common.homeFolder, hostOptions, needsKeys: false).records
        try records.verify(against: mark.map { [$0] } ?? [])
        let entries = try records.auditTrail(of: of).filter { mark == nil || $0.mark == mark }
        common.console.output(
            ["entries": .list(entries.map(\.json))],
            entries.map { "\($0.mark)  \($0.time.dateTime)  \($0.eid)  \($0.text)" })
    }
}

struct HostBackup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the host's files into a new folder, and verify them.",
        discussion: """
            These are the records and the sealed keys; others may go on meanwhile. The copy is a folder for --home. Note \
            its mark in another place: it shows later whether anything before it was changed.

              vstore host backup /media/backup/monday
            """)

    @Argument(help: ArgumentHelp("A folder that does not exist yet.", valueName: "folder"), completion: .directory)
    var folder: String

    @OptionGroup var hostOptions: HostOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: false)
        guard !(host.records is RecordCluster) else {
            throw Failure(
                .refused, "The records are on several servers. Back up each with pg_dump or pg_basebackup.")
        }
        let backup = try host.backUp(
            to: HostFolder(folder), create: RecordFile.create(at:auditKey:), reopen: RecordFile.open(at:auditKey:))
        common.console.output(
            [
                "folder": .text(folder), "entries": .number(backup.entries), "mark": JSONValue(backup.mark),
            ],
            [
                "\(folder): \(backup.entries) entries copied and verified"
                    + (backup.mark.map { ", up to mark \($0)" } ?? "")
            ])
    }
}

struct HostMigrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Move the records into a PostgreSQL database.",
        discussion: """
            The database is empty before. Everything is copied and verified; the record file stays as it was, and \
            nobody can add to it any more. Repeat the command if it was cut off. A password belongs into ~/.pgpass.

              vstore host migrate --database postgresql://db.example/utility
            """)

    @OptionGroup var hostOptions: HostOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        guard let address = hostOptions.database else {
            throw ValidationError("Name the database with --database postgresql://host/name.")
        }
        guard !ShardSpread.isFile(address) else {
            throw Failure(
                .refused,
                "\(address): records that exist move into one database only. Name its address; several servers begin empty."
            )
        }
        var here = hostOptions
        here.database = nil
        let host = try HostContext.open(common.homeFolder, here, needsKeys: false)
        let entries = try host.moveRecords(to: address) { try RecordDatabase(address, auditKey: $0) }
        common.console.output(
            ["database": .text(address), "entries": .number(entries)],
            ["\(address): \(entries) entries moved and verified; it has the records from now on"])
    }
}

extension AuditEntry {
    /// What happened, for people.
    var text: String {
        switch content {
        case .event(let event): "\(event)"
        case .sentence(_, let text): text
        }
    }

    var json: JSONValue {
        [
            "mark": .text("\(mark)"), "time": .moment(time), "eid": .text("\(eid)"),
            "kind": JSONValue(event?.kind.name), "text": .text(text),
        ]
    }
}

extension AuditMark {
    /// Takes a mark from the command line.
    static func argument(_ text: String) throws -> AuditMark {
        guard let mark = AuditMark(text) else {
            throw ValidationError("'\(text)' is not a mark of the audit trail. One is written 118-3F2A90C41B77D05E.")
        }
        return mark
    }
}

extension AuditEvent.Kind {
    /// As JSON has it.
    fileprivate var name: String {
        switch self {
        case .transaction: "transaction"
        case .balance: "balance"
        case .elementStatus: "element-status"
        case .resolution: "resolution"
        case .numberGap: "number-gap"
        case .carryOver: "carry-over"
        case .purse: "purse"
        case .contradiction: "contradiction"
        case .difference: "difference"
        case .differenceEnd: "difference-end"
        case .correction: "correction"
        case .finalReading: "final-reading"
        case .queuedTariff: "queued-tariff"
        case .calendar: "calendar"
        case .issuing: "issuing"
        }
    }
}
