import ArgumentParser
import HeadEnd
import Ledger
import Records
import ValueProtocol

struct HostCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Verify the records: the audit trail, the ledger, and that everything agrees with them.",
        discussion: """
            Every entry of the trail is verified, every row against its last entry, and the ledger against its \
            invariants. Purses that hold more than was stored are listed, and differences: what elements reported and \
            the books do not explain, until host resolve ends it. Give marks from receipts or a backup to find out \
            whether the end of the trail was cut off. Exit status 1 where a purse does not add up or a difference is \
            open.

            With --sql an auditor gets the invariants as queries for sqlite3 or psql: each row that one finds is a \
            violation.

              vstore host check
              vstore host check --mark 118-3F2A90C41B77D05E
              vstore host check --sql | sqlite3 host.sqlite
            """)

    @OptionGroup var hostOptions: HostOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A mark of the audit trail, from a receipt or a backup; may be repeated.", valueName: "mark"),
        transform: AuditMark.argument)
    var mark: [AuditMark] = []

    @Flag(name: .long, help: "Print the invariants' queries, and check nothing.")
    var sql = false

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard !sql || mark.isEmpty else { throw ValidationError("--sql checks nothing: leave --mark out.") }
    }

    mutating func run() async throws {
        guard !sql else { return showQueries() }
        let records = try HostContext.open(common.homeFolder, hostOptions, needsKeys: false).records
        let violations = try records.violations()
        guard violations.isEmpty else {
            common.console.output(
                ["invariants": .list(LedgerInvariant.allCases.map { $0.json(violations) })],
                violations.map { "\($0.invariant.name) does not hold: \($0.subject)" })
            try records.verify(against: mark)
            throw ExitCode(ExitStatus.file.rawValue)
        }
        let entries = try records.verify(against: mark)
        let elements = try records.elements()
        let unsound = try elements.flatMap { try records.books(of: $0.eid) }.filter { !$0.isSound }
        let differences = try records.differences()
        let newest = try records.auditMark()
        common.console.output(
            [
                "entries": .number(entries), "elements": .number(elements.count), "mark": JSONValue(newest),
                "invariants": .list(LedgerInvariant.allCases.map { $0.json([]) }),
                "unsound": .list(
                    unsound.map {
                        ["eid": .text("\($0.eid)"), "service": .text("\($0.service)"), "stored": .text("\($0.stored)")]
                    }),
                "differences": .list(differences.map(\.json)),
            ],
            [
                "\(entries) entries of the audit trail and the records of \(elements.count) elements are verified"
                    + (newest.map { ", up to mark \($0)" } ?? ""),
                "the ledger's invariants hold: " + LedgerInvariant.allCases.map(\.name).joined(separator: ", "),
            ]
                + unsound.map {
                    "\($0.eid)  \($0.service): holds more than these records account for. Investigate it."
                } + differences.map { "difference \($0.id), since \($0.since.dateTime): \($0)" })
        if !unsound.isEmpty || !differences.isEmpty { throw ExitCode(ExitStatus.refused.rawValue) }
    }

    private func showQueries() {
        common.console.output(
            [
                "invariants": .list(
                    LedgerInvariant.allCases.map {
                        ["name": .text($0.name), "queries": .list($0.queries.map(JSONValue.text))]
                    })
            ],
            LedgerInvariant.allCases.flatMap { invariant in
                ["-- \(invariant.name)"] + invariant.queries.map { "\($0);" }
            })
    }
}

extension LedgerInvariant {
    fileprivate func json(_ violations: [LedgerViolation]) -> JSONValue {
        let subjects = violations.filter { $0.invariant == self }.map(\.subject)
        return [
            "name": .text(name), "holds": .truth(subjects.isEmpty),
            "violations": subjects.isEmpty ? .null : .list(subjects.map(JSONValue.text)),
        ]
    }
}
