import ArgumentParser
import HeadEnd
import Issuing
import ValueProtocol

struct KeyCeremonyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ceremony", abstract: "Make master keys from components that custodians enter.",
        discussion: """
            With --to card the keys go into the master-key card in --reader, --card or --remote; no custodian alone can finish \
            one. With --to file they go into the host's key file, sealed under a passphrase. The same sheets serve for \
            both.

            Without --plan one key of each purpose is made, and the transport key ADMIN 0. A plan is JSON:

              {"keys": [{"key": "ADMIN 1", "custodians": [1, 2], "checkValue": "015DB8"}],
               "firstPINs": [1, 2],
               "rules": {"first": "00A1B2C3-10-000001", "count": 100,
                         "operations": ["PUT KEY", "BIND", "SET STATE", "STATUS"]}}

            PINs, components, check values and the passphrase are asked for at the terminal and not shown. A script \
            gives them in a file with --answers, one per line in the order in which they are asked for.

              vstore key ceremony --to file --host 00A1B2C3-30-000001
            """)

    enum Target: String, ExpressibleByArgument, CaseIterable {
        case card
        case file
    }

    @OptionGroup var card: CardOptions

    @Option(name: .long, help: "Where the keys go.")
    var to: Target = .card

    @Option(
        name: .long, help: ArgumentHelp("What to make, from a JSON file.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var plan: String?

    @Option(name: .long, help: ArgumentHelp("Without a plan: how many custodians there are.", valueName: "2-8"))
    var custodians: UInt8 = 2

    @Flag(name: .long, help: "Without a plan: the custodians choose their first PINs, as on a new card.")
    var firstPins = false

    @Option(
        name: .long,
        help: ArgumentHelp("Read what would be asked for from a file, - being standard input.", valueName: "file"),
        completion: .file())
    var answers: String?

    @Option(
        name: .long, help: ArgumentHelp("With --to file, the first time: the host's identifier.", valueName: "pid"),
        transform: PartyID.argument)
    var host: PartyID?

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard (2...8).contains(custodians) else {
            throw ValidationError("\(custodians) custodians cannot hold a ceremony. It takes 2 to 8.")
        }
        if to == .file, !card.isEmpty {
            throw ValidationError("--to file uses no card. Leave --card, --reader and --remote out.")
        }
        if let host, host.kind != .host { throw ValidationError("\(host) is a \(host.kind). A host's kind is 30.") }
    }

    mutating func run() async throws {
        let plan =
            try plan.map { try CeremonyPlan(json: TextFile.read($0), name: $0) }
            ?? CeremonyPlan.standard(custodians: custodians, firstPINs: firstPins)
        let (home, console, answers) = (common.homeFolder, common.console, answers)
        try home.prepare()
        let keys: [KeyDescriptor]
        switch to {
        case .file:
            guard host != nil || home.host.hasKeys else {
                throw Failure(
                    .usage,
                    "\(home.host.sealedKeys): is new. Name the host with --host, as 00A1B2C3-30-000001.")
            }
            let questions = CeremonyQuestions(answers, console)
            keys = try HostCeremony(plan, in: home.host, of: host, with: questions).run()
        case .card:
            keys = try await card.location(common).withChannel { channel in
                let record = CeremonyRecordFile(at: home.host.ceremony)
                let questions = CeremonyQuestions(answers, console)
                return try CardCeremony(plan, record: record, with: questions).run(over: channel)
            }
        }
        console.output(["keys": .list(keys.map(\.json))], ["The ceremony is finished."] + keys.map { "\($0)" })
    }
}
