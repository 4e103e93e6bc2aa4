import ArgumentParser
import HeadEnd
import Records
import ValueProtocol

struct CardResolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Resolve by hand what no card can resolve any more.",
        discussion: """
            That is a transaction that needs a person, or one in doubt with a card that is lost, blocked or replaced. \
            Say whether the card applied it, as a receipt or a meter shows; where nothing shows it, decide in the \
            customer's favour. The audit trail records who decided and why. card log lists the transactions.

              vstore card resolve 17 --of 00A1B2C3-10-011234 --applied --by clerk \\
                  --because 'receipt 118 shows it'
            """)

    @OptionGroup var hostOptions: HostOptions

    @Argument(help: ArgumentHelp("The transaction's number.", valueName: "htxn"), transform: HostTransaction.argument)
    var htxn: HostTransaction

    @Option(name: .long, help: ArgumentHelp("The card that it is with.", valueName: "eid"), transform: PartyID.argument)
    var of: PartyID

    @Flag(help: "What the card did with it.")
    var outcome: Outcome

    @Option(name: .long, help: ArgumentHelp("Who decides.", valueName: "name"))
    var by: String

    @Option(name: .long, help: ArgumentHelp("Why.", valueName: "text"))
    var because: String

    enum Outcome: String, EnumerableFlag {
        case applied, notApplied
    }

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: false)
        let settled = try host.records.resolve(
            htxn, of: of, applied: outcome == .applied, by: by, because: because,
            at: host.clock())
        common.console.output(["transaction": settled.json], ["\(settled)"])
    }
}
