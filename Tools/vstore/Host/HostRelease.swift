import ArgumentParser
import HeadEnd
import Ledger
import Records
import ValueProtocol

struct HostRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Refund the value of a replaced card or meter that its successor has not got.",
        discussion: """
            An order on an element that was replaced cannot be refunded there any more. What its successor has is \
            refunded there, with card refund or host refund. What is still on its way, or stays in the books by --carry \
            none, is given back here, once: the successor then gets nothing of it. A lost card that was replaced with \
            --carry none may still draw what it holds; that would show as a difference by name.

              vstore host release 00A1B2C3-01-000077
            """)

    @Argument(help: ArgumentHelp("The element that was replaced.", valueName: "eid"), transform: PartyID.argument)
    var old: PartyID

    @Flag(name: [.long, .short], help: "Do not ask.")
    var yes = false

    @OptionGroup var hostOptions: HostOptions
    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: false)
        let due = try host.releasable(of: old)
        for value in due {
            common.console.notice("\(old)  \(value.service): \(value.amount.money(in: value.currency))")
        }
        if !due.isEmpty { try Confirmation.ask("Give it back, and not to the successor?", isGiven: yes) }
        let released = try host.release(old)
        common.console.output(
            [
                "eid": .text("\(old)"), "repeated": .truth(due.isEmpty),
                "transfers": .list(released.map(\.json)),
            ], released.isEmpty ? ["\(old)  nothing is left to give back"] : released.map(\.line))
    }
}
