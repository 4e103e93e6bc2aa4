import ArgumentParser
import HeadEnd
import Records
import ValueProtocol

struct HostRecover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Go on with records that were lost, or with an older copy.",
        discussion: """
            Restore the newest backup first. Without a meter the records are then taken as they are, or new ones where \
            they are missing. With meters each is asked which orders it has done: an order that the records do not have \
            stops every other with that meter until this was done. It is listed, with its amount as far as the meter \
            keeps it: do not give it again. One that they have as not applied, and that was sent again since, is \
            found out. For cards see card recover.

              vstore host recover
              vstore host recover --meters all.txt
            """)

    @OptionGroup var hostOptions: HostOptions
    @OptionGroup var meters: MeterAddressOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try HostContext.open(
            common.homeFolder, hostOptions, needsKeys: !meters.isEmpty, acceptsAnyRecords: true)
        guard !meters.isEmpty else {
            let mark = try host.records.auditMark()
            common.console.output(
                ["mark": JSONValue(mark)],
                [mark.map { "These records are used from now on, up to mark \($0)." } ?? "New records are begun."])
            return
        }
        let results = try await meters.batch(host, common).run { _, channel, address in
            try host.workplace(over: channel).acceptNumbers(expecting: address.meter)
        }
        try common.console.show(results, json: \.json, lines: \.lines)
    }
}

struct CardRecover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Ask a card for the orders that lost or old records do not have.",
        discussion: """
            An order that the card has done and the records do not have stops every other with that card until this \
            was done. Restore the newest backup of the records first. The card's balances are proven, and an order that \
            the records have as not applied, and that was sent again since, is found out.

              vstore card recover
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try authority.openHost(common)
        let accepted = try await authority.withWorkplace(host, try card.location(common), common) {
            try $0.acceptNumbers()
        }
        common.console.output(accepted.json, accepted.lines)
    }
}

extension AcceptedNumbers {
    var json: JSONValue {
        [
            "eid": .text("\(eid)"), "known": .count(gap?.known.rawValue), "applied": .count(gap?.applied.rawValue),
            "orders": gap.map { _ in .list(orders.map(\.json)) } ?? .null,
            "doubted": doubted?.json ?? .null,
        ]
    }

    var lines: [String] {
        guard let gap else { return ["\(eid)  the records have all of its orders"] }
        var lines: [String] = []
        if gap.known < gap.applied {
            let first = gap.known.rawValue + 1
            let missing = first == gap.applied.rawValue ? "order \(first)" : "orders \(first) to \(gap.applied)"
            lines.append("\(eid)  the records lack \(missing); new ones go on above")
        }
        if let doubted {
            lines.append("\(eid)  the records had order \(doubted.htxn) as not applied: \(doubted)")
        }
        return lines
            + orders.map { "\(eid)  order \($0.htxn): \($0.amount), a load, a refund or, at 0.00, a tariff" }
    }
}

extension AcceptedNumbers.Order {
    fileprivate var json: JSONValue { ["htxn": .count(htxn.rawValue), "amount": .text("\(amount)")] }
}
