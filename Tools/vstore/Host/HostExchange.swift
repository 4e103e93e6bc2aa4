import ArgumentParser
import HeadEnd
import Ledger
import PowerLine
import Records
import ValueProtocol

struct HostExchange: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange", abstract: "Take a meter out of use and give its value to another one.",
        discussion: """
            The old meter is blocked and read for the last time: value with the token in use, debt, use and events. The \
            final reading is kept. The new one, issued before, gets at its next contact what the old one proved, net of \
            what it owed; a debt that value does not pay stays in the books as debts:METER. A meter in a reader is \
            named by its identifier, with --reader or --card. One that cannot be read any more is named by its \
            identifier alone: --carry known gives what the books know, after-report nothing until it has been read \
            after all, none leaves the value in its own books. If interrupted, repeat it.

              vstore host exchange 00A1B2C3-01-000077@tcp:127.0.0.1:7701 --by 00A1B2C3-01-000078
              vstore host exchange 00A1B2C3-01-000077 --by 00A1B2C3-01-000078 --carry known
            """)

    /// The meter on its line, or its identifier.
    enum OldMeter: Sendable {
        case line(MeterAddress)
        case named(PartyID)

        static func argument(_ text: String) throws -> OldMeter {
            if let address = MeterAddress(text) { return .line(address) }
            if text.contains("tcp:") || text.contains("serial:") { return .line(try MeterAddress.argument(text)) }
            return .named(try PartyID.argument(text))
        }

        var meter: PartyID? {
            switch self {
            case .line(let address): address.meter
            case .named(let meter): meter
            }
        }
    }

    @Argument(
        help: ArgumentHelp(
            "The old meter: its line, as in EID@tcp:HOST:PORT, or its identifier.", valueName: "meter"),
        transform: OldMeter.argument)
    var old: OldMeter

    @Option(name: .long, help: ArgumentHelp("The new meter.", valueName: "eid"), transform: PartyID.argument)
    var by: PartyID

    @Option(
        name: .long,
        help: "What the new meter gets: known, what was proven; after-report, that once it was read; or none.")
    var carry: CardReplace.Carry?

    @Option(name: .long, help: ArgumentHelp("Why, for the records.", valueName: "text"))
    var reason = "exchanged"

    @OptionGroup var card: CardOptions
    @OptionGroup var hostOptions: HostOptions

    @Option(
        name: .long, help: ArgumentHelp("How long the meter may take for one command.", valueName: "seconds"),
        transform: WholeNumber.seconds)
    var timeout = 20

    @Flag(name: [.long, .short], help: "Do not ask.")
    var yes = false

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        switch old {
        case .line where !card.isEmpty:
            throw ValidationError("Give the meter's line, or a reader or file with it, not both.")
        case .named where card.isEmpty && carry == nil:
            throw ValidationError(
                "A meter that cannot be read: say with --carry what the new one gets: known, after-report or none.")
        default: break
        }
    }

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: true)
        let name = old.meter.map { "\($0)" } ?? "the meter there"
        try Confirmation.ask(
            "Take \(name) out of use, which cannot be undone, and give its value to \(by)?", isGiven: yes)
        let (new, expected, rule, reason) = (by, old.meter, (carry ?? .known).rule, reason)
        switch old {
        case .line(let address):
            let tracer = try common.tracer()
            let batch = MeterBatch(
                try MeterList([address]), of: host, atOnce: 1, timeout: .seconds(timeout),
                observe: { line, address in tracer?.trace(line, name: "\(address)") ?? line })
            let results = await batch.run { _, channel, _ in
                try host.workplace(over: channel).exchange(expected, by: new, carrying: rule, because: reason)
            }
            show(try results[0].outcome.get())
        case .named(let meter):
            guard !card.isEmpty else {
                return show(try host.exchangeUnread(meter, by: new, carrying: rule, because: reason))
            }
            show(
                try await card.location(common).withChannel { channel in
                    try host.workplace(over: channel).exchange(meter, by: new, carrying: rule, because: reason)
                })
        }
    }

    private func show(_ exchange: MeterExchange) { common.console.output(exchange.json, exchange.lines) }
}

extension MeterExchange {
    var json: JSONValue {
        [
            "old": .text("\(old)"), "new": .text("\(new)"), "reading": reading?.json ?? .null,
            "carried": .list(
                carried.map {
                    [
                        "service": .text("\($0.service)"), "amount": .text("\($0.amount)"),
                        "currency": .text("\($0.currency)"),
                    ]
                }), "debts": .list(debts.map(\.json)),
            "inDoubt": .list(
                inDoubt.map { ["currency": .text("\($0.currency)"), "amount": .text(units($0.amount))] }),
        ]
    }

    var lines: [String] {
        var lines = [reading.map { "\(old)  final reading: \($0)" } ?? "\(old)  was not read; it is out of use here"]
        lines += carried.map { "\(new)  gets \($0.amount.money(in: $0.currency)) of \($0.service) at its next contact" }
        if carried.isEmpty { lines.append("\(new)  gets nothing now") }
        lines += debts.map { "\(old)  owes \($0.amount.money(in: $0.currency)): account \(Account.debt(old))" }
        return lines
            + inDoubt.map { "\(old)  has not told of \(units($0.amount)) \($0.currency) that cards gave" }
    }
}

extension FinalReading {
    var json: JSONValue {
        [
            "service": .text("\(service)"), "currency": JSONValue(currency), "balance": .text("\(balance)"),
            "account": account?.json ?? .null, "quantity": .count(quantity), "clock": .moment(clock),
            "time": .moment(time),
        ]
    }
}
