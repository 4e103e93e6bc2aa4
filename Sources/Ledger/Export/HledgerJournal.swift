internal import ValueProtocol

/// A ledger as a journal of hledger: plain text that an auditor checks with a program of somebody else's.
///
/// Accounts are declared, and named by ``Account/nameParts`` with colons; a currency is a commodity with six decimals. A
/// posted transfer is marked `*` and has the date of its posting, a pending one `!`, and its value is in doubt; a voided
/// one moved nothing, and is a comment. Dates are UTC.
public struct HledgerJournal: Sendable, CustomStringConvertible {
    private let transfers: [Transfer]

    public init(_ ledger: GeneralLedger) { self.init(ledger.transfers) }

    public init(_ transfers: some Sequence<Transfer>) { self.transfers = transfers.sorted { $0.id < $1.id } }

    /// The journal's text.
    public var description: String {
        let entries = transfers.flatMap { $0.history.flatMap(\.entries) }
        let currencies = Set(entries.map(\.currency)).map(HledgerJournal.commodity).sorted()
        let accounts = Set(entries.map(\.account)).map(\.description).sorted()
        var text = ""
        for currency in currencies { text += "commodity 1000.000000 \(currency)\n" }
        for account in accounts { text += "account \(account)\n" }
        let dated = transfers.compactMap { transfer in transfer.history.last.map { (transfer, $0) } }
            .sorted { ($0.1.time, $0.0.id) < ($1.1.time, $1.0.id) }
        for (transfer, step) in dated { text += "\n" + HledgerJournal.text(of: transfer, step) }
        return text
    }

    private static func text(of transfer: Transfer, _ last: TransferStep) -> String {
        let date = last.time.dateTime.prefix(10)
        let title = "(\(transfer.id)) \(transfer.kind)"
        let mark: String
        switch last.state {
        case .pending: mark = "!"
        case .posted: mark = "*"
        case .voided(let reason):
            return "; \(date) \(title), voided: \(reason)  \(comment(transfer.key))\n"
        }
        var text = "\(date) \(mark) \(title)  ; \(comment(transfer.key))\n"
        for entry in net(of: transfer) {
            text += "    \(entry.account)  \(decimal(Int128(entry.amount))) \(commodity(entry.currency))\n"
        }
        return text
    }

    /// What all steps together moved, in the order in which accounts appear.
    private static func net(of transfer: Transfer) -> [LedgerEntry] {
        var net: [LedgerEntry] = []
        for entry in transfer.history.flatMap(\.entries) {
            guard let index = net.firstIndex(where: { $0.account == entry.account && $0.currency == entry.currency })
            else {
                net.append(entry)
                continue
            }
            net[index] = LedgerEntry(entry.account, entry.currency, net[index].amount &+ entry.amount)
        }
        return net.filter { $0.amount != 0 }
    }

    /// A name with digits is quoted.
    private static func commodity(_ currency: Currency) -> String {
        let name = "\(currency)"
        return name.allSatisfy(\.isLetter) ? name : "\"\(name)\""
    }

    /// The key in one line.
    private static func comment(_ key: IdempotencyKey) -> String {
        "key " + String(String.UnicodeScalarView(key.rawValue.unicodeScalars.map { isText($0) ? $0 : " " }))
    }

    private static func isText(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
