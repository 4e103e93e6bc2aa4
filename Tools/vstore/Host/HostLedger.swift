import ArgumentParser
import HeadEnd
import Ledger
import Records
import ValueProtocol

struct HostLedger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Show where all value is, and how it came there.",
        discussion: """
            What an account has given and not got back is below 0; pending is what left it and may come back. All \
            balances of a currency add up to 0. With --of the transfers of an account, or of all accounts of a card or \
            meter, are shown. With --hledger the whole journal is printed for hledger, a program of somebody else's that \
            checks the same books.

              vstore host ledger
              vstore host ledger --of purses:00A1B2C3-10-011234:gas
              vstore host ledger --of 00A1B2C3-10-011234
              vstore host ledger --hledger > books.journal
              hledger -f books.journal check --strict
            """)

    @OptionGroup var hostOptions: HostOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Transfers of this account, card or meter.", valueName: "account or eid"),
        transform: LedgerSubject.init)
    var of: LedgerSubject?

    @Flag(name: .long, help: "Print the journal for hledger.")
    var hledger = false

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard !hledger || of == nil else {
            throw ValidationError("--hledger prints the whole journal: leave --of out.")
        }
    }

    mutating func run() async throws {
        let records = try HostContext.open(common.homeFolder, hostOptions, needsKeys: false).records
        if hledger {
            let journal = HledgerJournal(try records.transfers(of: nil)).description
            // The last line's end is the console's.
            common.console.output(["journal": .text(journal)], [String(journal.dropLast())])
        } else if let of {
            show(try of.transfers(in: records))
        } else {
            show(try records.ledgerBalances())
        }
    }

    private func show(_ balances: [LedgerBalance]) {
        var table = TextTable(["ACCOUNT", "BALANCE", "", "PENDING"], numbers: [1, 3])
        for balance in balances {
            table.add([
                "\(balance.account)", units(balance.amount), "\(balance.currency)",
                balance.pending == 0 ? "" : units(balance.pending),
            ])
        }
        common.console.output(["balances": .list(balances.map(\.json))], table.lines)
    }

    private func show(_ transfers: [Transfer]) {
        var table = TextTable(
            ["TRANSFER", "TIME", "KIND", "AMOUNT", "", "FROM", "TO", "STATE", "DECIDED"], numbers: [0, 3])
        for transfer in transfers {
            table.add([
                "\(transfer.id)", transfer.history.last?.time.dateTime ?? "", transfer.kind.name,
                units(Int128(transfer.amount)), "\(transfer.currency)", "\(transfer.from)", "\(transfer.to)",
                transfer.outcome, transfer.approval.map { "by \($0)" } ?? "",
            ])
        }
        common.console.output(["transfers": .list(transfers.map(\.json))], table.lines)
    }
}

/// Whose transfers are shown.
enum LedgerSubject {
    case account(Account)
    case element(PartyID)

    /// Takes it from the command line.
    init(_ text: String) throws {
        if let element = PartyID(text) { self = .element(element) } else { self = .account(try Account.argument(text)) }
    }

    func transfers(in records: some RecordAccess) throws(HostError) -> [Transfer] {
        switch self {
        case .account(let account): try records.transfers(of: account)
        case .element(let element):
            try records.transfers(of: nil).filter {
                $0.from.concerns(element) || $0.to.concerns(element) || $0.transaction?.purse.element == element
            }
        }
    }
}

extension Account {
    /// Whether it is an account of a card or meter.
    fileprivate func concerns(_ element: PartyID) -> Bool {
        switch self {
        case .reseller(let party), .debt(let party), .delivered(let party): party == element
        case .purse(let party, _), .inDoubt(let party, _), .carried(let party, _): party == element
        case .left(let debit): debit.card == element || debit.meter == element
        case .seller, .subscriber, .corrections: false
        }
    }
}
