import ArgumentParser

struct MeterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meter", abstract: "Electric meters, and off-line gas, water and heat meters.",
        discussion: """
            A new meter is blank: issue it with vstore card issue --card NAME, like any card, which gives it its keys \
            and its purse. Then it redeems the cards that are bound to it, and an electric one runs.
            """,
        subcommands: [MeterNew.self, MeterShow.self, MeterUse.self, MeterRedeem.self, MeterRun.self, MeterTest.self])
}
