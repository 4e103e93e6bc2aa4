import ArgumentParser
import HeadEnd
import Records
import ValueProtocol

struct CardLog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Show a card's transactions and balances as the host's records have them.",
        discussion: """
            With an identifier only the records are read. Otherwise the card is contacted first: what is in \
            doubt is resolved, its balances are proven, and the meter status that it carries is read.

              vstore card log
              vstore card log 00A1B2C3-10-011234
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions

    @Argument(help: ArgumentHelp("A card that is not present.", valueName: "eid"), transform: PartyID.argument)
    var eid: PartyID?

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        if eid != nil, !card.isEmpty {
            throw ValidationError("Give an identifier, or a reader or file with the card, not both.")
        }
    }

    mutating func run() async throws {
        let host: HostContext
        let contact: CardContact?
        if eid != nil {
            host = try HostContext.open(common.homeFolder, authority.hostOptions, needsKeys: false)
            contact = nil
        } else {
            host = try authority.openHost(common)
            contact = try await authority.withWorkplace(host, try card.location(common), common) {
                try $0.updateRecords()
            }
        }
        guard let eid = eid ?? contact?.eid else { return }
        let log = CardLogText(history: try CardHistory(of: eid, in: host.records), contact: contact)
        common.console.output(log.json, log.lines)
    }
}

/// The host's records of a card, for people and for programs.
struct CardLogText {
    private let history: CardHistory
    private let recovered: [CreditTransaction]
    private let statuses: [MeterStatusRecord]

    init(history: CardHistory, contact: CardContact?) {
        self.history = history
        recovered = contact?.recovered ?? []
        statuses = contact?.meterStatus ?? []
    }

    var lines: [String] {
        let (transactions, books, balances) = (history.transactions, history.books, history.balances)
        var lines = ["\(history.eid)  \(history.status)"]
        lines += recovered.map { "recovered: \($0)" }
        if !transactions.isEmpty {
            var table = TextTable(["HTXN", "OPERATION", "SERVICE", "AMOUNT", "STATE", "BALANCE"], numbers: [0, 3, 5])
            for transaction in transactions {
                let order = transaction.order
                table.add([
                    "\(transaction.htxn)", "\(transaction.kind.operation)", "\(order.service)",
                    order.amount.money(in: order.currency), "\(transaction.state)",
                    transaction.balance.map { "\($0)" } ?? "",
                ])
            }
            lines += table.lines
        }
        if !balances.isEmpty {
            var table = TextTable(["PURSE", "PROVEN", "STORED", "REFUNDED", "SPENT"], numbers: [1, 2, 3, 4])
            for balance in balances {
                let book = books.last { $0.service == balance.service }
                table.add([
                    "\(balance.service)", "\(balance.amount)", book.map { "\($0.stored)" } ?? "",
                    book.map { "\($0.refunded)" } ?? "", book?.spent.map { "\($0)" } ?? "",
                ])
            }
            lines += table.lines
        }
        for book in books where !book.isSound {
            lines.append("\(book.service): holds more than these records account for. Investigate it.")
        }
        return lines + statuses.map { "\($0.meter.kind) \($0.meter) reported by card: \(CardLogText.text(of: $0))" }
    }

    private static func text(of record: MeterStatusRecord) -> String {
        guard let status = MeterStatus(record.status) else { return record.status.hexadecimal() }
        return "\(status.state), counter \(status.counter), held \(status.balance), spent \(status.spent), valve "
            + (status.isValveOpen ? "open" : "closed")
            + (status.credited ?? []).map { ", credited \($0.total) from \($0.card)" }.joined()
    }

    var json: JSONValue {
        [
            "eid": .text("\(history.eid)"), "standing": .text(history.status.name),
            "replacement": JSONValue(history.status.replacement),
            "recovered": .list(recovered.map(\.json)),
            "transactions": .list(history.transactions.map(\.json)),
            "balances": .list(
                history.balances.map {
                    [
                        "service": .text("\($0.service)"), "amount": .text("\($0.amount)"),
                        "time": .moment($0.time),
                    ]
                }),
            "books": .list(
                history.books.map {
                    [
                        "service": .text("\($0.service)"), "currency": .text("\($0.currency)"),
                        "stored": .text("\($0.stored)"), "refunded": .text("\($0.refunded)"),
                        "carriedOut": .text("\($0.carriedOut)"), "unsettled": .text("\($0.unsettled)"),
                        "spent": JSONValue($0.spent), "sound": .truth($0.isSound),
                    ]
                }),
            "meterStatus": .list(
                statuses.map { record in
                    let status = MeterStatus(record.status)
                    return [
                        "meter": .text("\(record.meter)"), "service": .text("\(record.service)"),
                        "time": .moment(record.time), "status": .text(record.status.hexadecimal()),
                        "state": status.map { .name($0.state) } ?? .null, "counter": .count(status?.counter),
                        "balance": JSONValue(status?.balance), "spent": JSONValue(status?.spent),
                        "valveOpen": status.map { .truth($0.isValveOpen) } ?? .null,
                        "credited": status?.credited.map { .list($0.map(\.json)) } ?? .null,
                        "tariff": .count(status?.rules?.inForce), "nextTariff": .count(status?.rules?.next),
                    ]
                }),
        ]
    }
}

extension MeterStatus.CreditedCard {
    fileprivate var json: JSONValue {
        ["card": .text("\(card)"), "session": .number(Int(nt)), "total": .text("\(total)")]
    }
}
