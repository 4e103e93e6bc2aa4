import Ledger
import Records
import ValueProtocol

/// Micro-units as units with two decimals or more, as amounts are shown: `-12.50`.
func units(_ microUnits: Int128) -> String {
    let text = decimal(microUnits)
    return text.prefix(text.count - 4) + String(text.suffix(4).reversed().drop { $0 == "0" }.reversed())
}

extension Transfer {
    /// What became of it, for people.
    var outcome: String {
        switch state {
        case .pending, nil: "pending"
        case .posted(let receipt): "posted, receipt \(receipt)"
        case .voided(let reason): "voided: \(reason.name)"
        }
    }

    /// What it moved, in a line.
    var line: String { "\(kind.name): \(units(Int128(amount))) \(currency) from \(from) to \(to), \(outcome)" }

    var json: JSONValue {
        var (stateName, receipt, reason): (String, ReceiptNumber?, VoidReason?) = ("pending", nil, nil)
        switch state {
        case .pending, nil: break
        case .posted(let number): (stateName, receipt) = ("posted", number)
        case .voided(let why): (stateName, reason) = ("voided", why)
        }
        return [
            "number": .count(id.rawValue), "key": .text("\(key)"), "kind": .text(kind.name),
            "amount": .text(units(Int128(amount))), "currency": .text("\(currency)"), "from": .text("\(from)"),
            "to": .text("\(to)"), "state": .text(stateName), "receipt": .count(receipt?.rawValue),
            "voided": JSONValue(reason?.name), "htxn": .count(transaction?.htxn.rawValue), "card": JSONValue(card),
            "by": JSONValue(approval?.person), "approvedBy": JSONValue(approval?.approver),
            "because": JSONValue(approval?.reason),
            "ordered": history.first.map { .moment($0.time) } ?? .null,
            "time": history.last.map { .moment($0.time) } ?? .null,
        ]
    }
}

extension LedgerBalance {
    var json: JSONValue {
        [
            "account": .text("\(account)"), "currency": .text("\(currency)"), "balance": .text(units(amount)),
            "pending": .text(units(pending)),
        ]
    }
}

extension BookDifference {
    var json: JSONValue {
        [
            "number": .count(id.rawValue), "kind": .text(kind.name), "text": .text("\(self)"),
            "element": .text("\(subject.element)"), "currency": .text("\(currency)"), "amount": .text(units(amount)),
            "since": .moment(since),
        ]
    }
}

extension LedgerInvariant {
    /// In lower case with hyphens, of the stable name.
    var name: String {
        rawValue.reduce(into: "") { name, letter in
            name += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
        }
    }
}

extension BookDifference.Kind {
    /// As JSON has it.
    fileprivate var name: String {
        switch self {
        case .holdsMore: "holds-more"
        case .valueMissing: "value-missing"
        case .drewAfterReplacement: "drew-after-replacement"
        case .creditedBeyondBooks: "credited-beyond-books"
        case .creditedUntold: "credited-untold"
        case .leftUncredited: "left-uncredited"
        case .leftUnknown: "left-unknown"
        case .totalWentBack: "total-went-back"
        }
    }
}

extension TransferKind {
    /// As JSON has it.
    var name: String {
        switch self {
        case .purchase: "purchase"
        case .load: "load"
        case .refund: "refund"
        case .draw: "draw"
        case .untoldDraw: "untold-draw"
        case .redemption: "redemption"
        case .delivery: "delivery"
        case .advance: "advance"
        case .repayment: "repayment"
        case .leaving: "leaving"
        case .leftPayment: "left-payment"
        case .replacement: "replacement"
        case .carryOver: "carry-over"
        case .exchange: "exchange"
        case .release: "release"
        case .correction: "correction"
        case .writeOff: "write-off"
        case .leftCredited: "left-credited"
        case .shownRedemption: "shown-redemption"
        }
    }
}

extension VoidReason {
    /// As JSON has it.
    fileprivate var name: String {
        switch self {
        case .notApplied: "not-applied"
        case .refused: "refused"
        case .resolved: "resolved"
        }
    }
}
