import ArgumentParser

struct CardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "card", abstract: "Make, issue, load and look at cards.",
        subcommands: [
            CardBlank.self, CardEmulate.self, CardInfo.self, CardIssue.self, CardBind.self, CardRotate.self,
            CardLoad.self,
            CardRedeem.self, CardRefund.self, CardBlock.self, CardReplace.self, CardResolve.self, CardRecover.self,
            CardLog.self,
        ])
}
