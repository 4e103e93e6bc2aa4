import ArgumentParser

struct MeterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meter", abstract: "Off-line gas, water and heat meters, each in a file.",
        discussion: """
            A new meter is blank: issue it with vstore card issue --card FILE, as any card, which gives it its keys \
            and its purse. Then it redeems the cards that are bound to it.
            """,
        subcommands: [MeterNew.self, MeterShow.self, MeterUse.self, MeterRedeem.self])
}
