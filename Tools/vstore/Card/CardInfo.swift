import ArgumentParser
import Issuing

struct CardInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show what a card tells of itself: identifier, state, keys, purses.",
        discussion: """
            This asks for no key and proves nothing: it is for people to look at. Of a master-key card its keys are \
            shown with their check values.
            """)

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: CardOptions

    mutating func run() async throws {
        let summary = try await card.place(common).withChannel { try CardSummary(over: $0) }
        common.console.give(summary.json, summary.lines)
    }
}
