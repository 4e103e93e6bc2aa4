import ArgumentParser
import Issuing

struct CardInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show a card's identifier, state, keys and purses.",
        discussion: """
            This needs no key and proves nothing: it is for display. A master-key card's keys are \
            shown with their check values.

              vstore card info
              vstore card info --card try.card --json
            """)

    @OptionGroup var card: CardOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let summary = try await card.location(common).withChannel { try CardSummary(over: $0) }
        common.console.output(summary.json, summary.lines)
    }
}
