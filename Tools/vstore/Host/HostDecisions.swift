import ArgumentParser
import HeadEnd
import Ledger
import Records
import ValueProtocol

/// The two people who answer for a decision, and why they made it.
struct ApprovalOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Who asks for it.", valueName: "name"))
    var by: String

    @Option(name: .long, help: ArgumentHelp("Who agrees; somebody else.", valueName: "name"))
    var approvedBy: String

    @Option(name: .long, help: ArgumentHelp("Why.", valueName: "text"))
    var because: String

    func validate() throws { _ = try approval() }

    /// - Throws: `ValidationError` where they are not two, or something is missing.
    func approval() throws -> Approval {
        guard let approval = Approval(by: by, approvedBy: approvedBy, because: because) else {
            for (name, value) in [("by", by), ("approved-by", approvedBy), ("because", because)]
            where value.allSatisfy(\.isWhitespace) {
                throw ValidationError("--\(name) is empty. Two people decide this: name both, and say why.")
            }
            throw ValidationError("'\(by)' cannot agree to their own decision. Name somebody else with --approved-by.")
        }
        return approval
    }
}

struct HostResolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "End a difference between the books and what an element reported.",
        discussion: """
            Two people decide that the element's word counts from now on: the books are corrected by the amount, and the \
            audit trail records who decided and why. host check lists the differences; find out first how one came \
            about. It is safe to repeat.

              vstore host resolve 17 --by clerk --approved-by auditor \\
                  --because 'the card was a copy'
            """)

    @Argument(help: ArgumentHelp("The difference's number.", valueName: "number"), transform: DifferenceID.argument)
    var number: DifferenceID

    @OptionGroup var people: ApprovalOptions
    @OptionGroup var hostOptions: HostOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: false)
        let approval = try people.approval()
        let decision = try resolve(approval, in: host)
        common.console.output(
            [
                "difference": .count(number.rawValue), "repeated": .truth(decision == .repeated),
                "transfers": .list(decision.transfers.map(\.json)),
            ],
            decision == .repeated
                ? ["difference \(number): done before"]
                : ["difference \(number): resolved by \(approval)"] + decision.transfers.map(\.line))
    }

    private func resolve(_ approval: Approval, in host: HostContext) throws -> LedgerDecision {
        do {
            return try host.book(IdempotencyKey("resolve difference \(number)"), .resolve(number, approval))
        } catch let error as HostError where error.cause as? LedgerError == LedgerError(.otherOrder, "") {
            throw Failure(
                .refused,
                "difference \(number): was resolved before, by other people or for another reason. See by whom with vstore "
                    + "host audit.")
        }
    }
}

struct HostCorrect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct", abstract: "Move value in the books from one account to another.",
        discussion: """
            Two people correct what the books say; no element is told anything. Where an element's word differs from \
            the books, host resolve moves the right amount. Accounts are written as host ledger shows them. The \
            reference makes it safe to repeat.

              vstore host correct 12.50 EUR --from corrections \\
                  --to purses:00A1B2C3-10-011234:gas --reference 'letter 7' \\
                  --by clerk --approved-by auditor --because 'paid twice'
            """)

    @Argument(
        help: ArgumentHelp("How much, in units of the currency, as in 50 or 12.50.", valueName: "amount"),
        transform: Amount.argument)
    var amount: Amount

    @Argument(
        help: ArgumentHelp("Three letters or the number of ISO 4217.", valueName: "currency"),
        transform: Currency.argument)
    var currency: Currency

    @Option(name: .long, help: ArgumentHelp("Who gives it.", valueName: "account"), transform: Account.argument)
    var from: Account

    @Option(name: .long, help: ArgumentHelp("Who gets it.", valueName: "account"), transform: Account.argument)
    var to: Account

    @OptionGroup var people: ApprovalOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Your name for the order; repeated with the same name it is done once.", valueName: "text"))
    var reference: String

    @OptionGroup var hostOptions: HostOptions

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard amount != .zero else { throw ValidationError("Give an amount above 0.") }
    }

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: false)
        let decision = try host.book(
            IdempotencyKey(reference),
            .correct(
                CorrectionOrder(
                    from: from, to: to, currency: currency, amount: amount, approval: people.approval())))
        common.console.output(
            [
                "reference": .text(reference), "repeated": .truth(decision == .repeated),
                "transfers": .list(decision.transfers.map(\.json)),
            ],
            decision == .repeated ? ["\(reference): done before"] : decision.transfers.map(\.line))
    }
}

extension HostContext {
    /// Does an order of people's own.
    ///
    /// - Throws: `HostError` `.booksRefuse` that names the order.
    fileprivate func book(_ key: IdempotencyKey, _ request: LedgerRequest) throws -> LedgerDecision {
        do {
            return try records.book(LedgerOrder(key: key, time: clock(), request))
        } catch {
            throw error.code == .booksRefuse ? HostError(.booksRefuse, "\(key)", cause: error.cause) : error
        }
    }
}

extension LedgerDecision {
    /// What it moved.
    fileprivate var transfers: [Transfer] { facts.compactMap { Transfer([$0]) } }
}
