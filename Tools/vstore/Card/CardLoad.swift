import ArgumentParser
import HeadEnd
import Records
import ValueProtocol

struct CardLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Put credit into a purse of a card.",
        discussion: """
            The order is recorded before it is sent, and its outcome after the card has proven it. Whatever an \
            earlier contact left in doubt is resolved first. Exit status 2 means that this order is now in doubt: \
            repeat it unchanged, with its --reference if it had one, and it is done once.

              vstore card load 50 --service gas --reference "order 118"
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions
    @OptionGroup var credit: CreditOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try authority.openHost(common)
        let credit = credit
        let done = try await authority.withWorkplace(host, try card.location(common), common) { workplace in
            try credit.carryOut(.storeCredit, at: workplace)
        }
        common.console.show(done)
    }
}

struct CardRefund: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refund", abstract: "Take credit off a purse of a card.",
        discussion: """
            Refused where the purse holds less. Otherwise as card load.

              vstore card refund 20 --service gas --reference "refund of order 118"
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions
    @OptionGroup var credit: CreditOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try authority.openHost(common)
        let credit = credit
        let done = try await authority.withWorkplace(host, try card.location(common), common) { workplace in
            try credit.carryOut(.refund, at: workplace)
        }
        common.console.show(done)
    }
}
