import ArgumentParser
import HeadEnd
import Records
import ValueProtocol

struct CardLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Put credit into a purse of a card.",
        discussion: """
            The order is written down before it leaves and its outcome after the card has proven it. Whatever an \
            earlier contact left in doubt is found out first. Exit status 2 means that this one is in doubt now: \
            repeat it as it was, with its --reference where it had one, and it is done once.
            """)

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions
    @OptionGroup var credit: CreditOptions

    mutating func run() async throws {
        let host = try authority.openHost(common)
        let credit = credit
        let (result, receipt) = try await authority.withWorkplace(host, try card.place(common), common) { workplace in
            let result = try workplace.creditDesk.storeCredit(
                credit.amount, for: credit.service, in: try credit.currency(at: workplace), over: workplace.card,
                reference: credit.reference, expecting: credit.expect)
            return (result, try result.receipt(from: workplace.records))
        }
        try common.console.show(result, receipt)
    }
}

struct CardRefund: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refund", abstract: "Take credit off a purse of a card again.",
        discussion: "Refused where the purse holds less. Otherwise as card load.")

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions
    @OptionGroup var credit: CreditOptions

    mutating func run() async throws {
        let host = try authority.openHost(common)
        let credit = credit
        let (result, receipt) = try await authority.withWorkplace(host, try card.place(common), common) { workplace in
            let result = try workplace.creditDesk.refund(
                credit.amount, for: credit.service, in: try credit.currency(at: workplace), over: workplace.card,
                reference: credit.reference, expecting: credit.expect)
            return (result, try result.receipt(from: workplace.records))
        }
        try common.console.show(result, receipt)
    }
}
