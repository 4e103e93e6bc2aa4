import ArgumentParser

/// The same as `meter redeem`, listed with the other commands of cards.
struct CardRedeem: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redeem", abstract: "Put a card into an off-line meter, which draws its value.",
        discussion: MeterRedeem.configuration.discussion)

    @OptionGroup var redeem: MeterRedeem

    mutating func run() async throws { try await redeem.run() }
}
