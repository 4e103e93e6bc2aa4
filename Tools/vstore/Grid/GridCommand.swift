import ArgumentParser

struct GridCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grid", abstract: "A host's work with meters behind area and local units.",
        discussion: """
            Area units dial the host: each of these commands listens for them while it works, and knows the meters \
            that their local units report. vstore grid serve stays and reads them all on a schedule.
            """,
        subcommands: [
            GridList.self, GridStatus.self, GridUsage.self, GridCredit.self, GridRefund.self, GridTariff.self,
            GridClock.self, GridRecover.self, GridServe.self,
        ])
}
