import ArgumentParser
import HeadEnd
import Meter
import Records
import RecordsSQLite
import ValueProtocol

struct CardLog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Show a card's transactions and balances as the host's records have them.",
        discussion: """
            With an identifier the records alone are asked. Otherwise the card at hand is contacted first: what is in \
            doubt is found out, its balances are proven, and what meters sent home by it is read.
            """)

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions

    @Argument(help: ArgumentHelp("A card that is not at hand.", valueName: "eid"))
    var eid: PartyID?

    mutating func run() async throws {
        let host: HostContext
        let found: (eid: PartyID, recovered: [CreditTransaction], statuses: [MeterStatusRecord])
        if let eid {
            host = try HostContext(common.place, authority.passphrase, needsKeys: false)
            found = (eid, [], [])
        } else {
            host = try authority.hostEnd(common)
            found = try await authority.withCounter(host, try card.place(common), common) { counter in
                let (element, desk) = (try ElementInfo.select(over: counter.card), counter.creditDesk)
                let recovered = try desk.recover(over: counter.card, expecting: element.eid)
                for purse in try CardFace(over: counter.card).purses {
                    _ = try desk.balance(of: purse.service, over: counter.card)
                }
                let statuses =
                    element.eid.kind == .subscriberCard
                    ? try desk.collectMeterStatus(over: counter.card, expecting: element.eid) : []
                return (element.eid, recovered, statuses)
            }
        }
        let log = try CardHistory(found.eid, host.records, recovered: found.recovered, statuses: found.statuses)
        common.console.give(log.json, log.lines)
    }
}

/// What the host's records have of a card.
struct CardHistory {
    let eid: PartyID
    let status: ElementStatus
    let transactions: [CreditTransaction]
    let books: [PurseBooks]
    let balances: [ProvenBalance]
    let recovered: [CreditTransaction]
    /// What meters sent home, new at this contact.
    let statuses: [MeterStatusRecord]

    init(
        _ eid: PartyID, _ records: RecordFile, recovered: [CreditTransaction], statuses: [MeterStatusRecord]
    ) throws {
        guard let element = try records.element(eid) else {
            throw Failure(.refused, "\(eid): the records know nothing of it. Check the identifier, or --home.")
        }
        self.eid = eid
        status = element.status
        transactions = try records.transactions(of: eid)
        books = try records.books(of: eid)
        balances = try records.balances(of: eid)
        self.recovered = recovered
        self.statuses = statuses
    }

    var lines: [String] {
        var lines = ["\(eid)  \(status)"]
        lines += recovered.map { "found out: \($0)" }
        if !transactions.isEmpty {
            var table = TextTable(["HTXN", "OPERATION", "SERVICE", "AMOUNT", "STATE", "BALANCE"])
            for transaction in transactions {
                let order = transaction.order
                table.add([
                    "\(transaction.htxn)", "\(transaction.kind.operation)", "\(order.service)",
                    "\(order.amount) \(order.currency)", "\(transaction.state)",
                    transaction.balance.map { "\($0)" } ?? "",
                ])
            }
            lines += table.lines
        }
        if !balances.isEmpty {
            var table = TextTable(["PURSE", "PROVEN", "STORED", "REFUNDED", "SPENT"])
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
            lines.append("\(book.service): holds more than these records put there. Look into it.")
        }
        return lines + statuses.map { "\($0.meter.kind) \($0.meter) sent home: \(CardHistory.text(of: $0))" }
    }

    private static func text(of record: MeterStatusRecord) -> String {
        guard let status = MeterStatus(record.status) else { return record.status.hexadecimal() }
        return "\(status.state), counter \(status.counter), held \(status.balance), spent \(status.spent), valve "
            + (status.isValveOpen ? "open" : "closed")
    }

    var json: JSONValue {
        [
            "eid": .text("\(eid)"), "standing": .text("\(status)"), "recovered": .list(recovered.map(\.json)),
            "transactions": .list(transactions.map(\.json)),
            "balances": .list(
                balances.map {
                    [
                        "service": .text("\($0.service)"), "amount": .text("\($0.amount)"),
                        "time": .number(Int($0.time.rawValue)),
                    ]
                }),
            "books": .list(
                books.map {
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
                        "time": .number(Int(record.time.rawValue)), "status": .text(record.status.hexadecimal()),
                        "state": JSONValue(status?.state), "counter": JSONValue(status?.counter),
                        "balance": JSONValue(status?.balance), "spent": JSONValue(status?.spent),
                        "valveOpen": status.map { .truth($0.isValveOpen) } ?? .null,
                    ]
                }),
        ]
    }
}
