import ArgumentParser

struct HostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host", abstract: "The host's work with meters on a line: one or many at once.",
        discussion: """
            A meter is written tcp:HOST:PORT or serial:/dev/…, with its identifier before it to refuse any other: \
            00A1B2C3-01-000077@tcp:10.0.0.7:7701. Many come from a file with --meters, one identifier and address per \
            line. Whatever an earlier contact left in doubt is resolved first, automatically.
            """,
        subcommands: [
            HostCredit.self, HostRefund.self, HostTariff.self, HostTariffs.self, HostUsage.self, HostClock.self,
            HostStatus.self, HostExchange.self, HostRelease.self, HostCalendar.self,
            HostReport.self, HostAudit.self, HostProve.self, HostSign.self, HostCheck.self, HostLedger.self,
            HostResolve.self, HostCorrect.self, HostBackup.self, HostMigrate.self, HostRecover.self,
        ])
}
