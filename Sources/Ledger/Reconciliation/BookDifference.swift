public import ValueProtocol

/// What an element reported and the books do not explain. It is open until a report explains it or two people resolve it.
public struct BookDifference: Sendable, Hashable, Identifiable {
    public let id: DifferenceID
    public let kind: Kind
    public let subject: Subject
    public let currency: Currency
    /// Micro-units, above 0; `kind` tells the direction.
    public let amount: Int128
    /// When it was found, by the time of the order.
    public let since: Timestamp

    package init(
        id: DifferenceID, kind: Kind, subject: Subject, currency: Currency, amount: Int128, since: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.subject = subject
        self.currency = currency
        self.amount = amount
        self.since = since
    }

    /// What differs; the numbers are stored, and a number never gets another meaning.
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        /// A purse shows a balance that its transactions do not reach: it was set back or copied.
        case holdsMore = 1
        /// A purse holds less than the books, and no draw or use tells where it went.
        case valueMissing = 2
        /// A card drew after its value was assigned to its successor.
        case drewAfterReplacement = 3
        /// Meters credited more from a card than the books say that it held.
        case creditedBeyondBooks = 4
        /// A meter credited a debit that no card has told of yet.
        case creditedUntold = 5
        /// A BIND left a debit that its meter has perhaps not credited.
        case leftUncredited = 6
        /// A BIND left a debit of which the card's balance shows nothing.
        case leftUnknown = 7
        /// A life total of a meter is below one that it reported before.
        case totalWentBack = 8
    }

    /// What the books are compared with; one difference is open for each at a time.
    public enum Subject: Sendable, Hashable {
        /// The balance of a purse.
        case balance(PurseID)
        /// What a purse gave beyond what the books say that it held.
        case overdraft(PurseID)
        /// A card's debits at a meter.
        case debits(CardAtMeter)
        /// A debit that was left behind.
        case left(LeftDebitID)
        /// A debit that was left behind, and is not in the books.
        case unknownLeft(LeftDebitID)
        /// The life total of value used at a meter.
        case spent(PurseID)
        /// The life total that a meter credited from a card.
        case credited(CardAtMeter)
    }
}

/// The number of a difference in its ledger, from 1.
public struct DifferenceID: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public var description: String { String(rawValue) }
    public static func < (a: DifferenceID, b: DifferenceID) -> Bool { a.rawValue < b.rawValue }
}

/// A card and a meter that draws on it.
public struct CardAtMeter: Sendable, Hashable, CustomStringConvertible {
    public let card: PartyID
    public let meter: PartyID

    public init(_ card: PartyID, at meter: PartyID) {
        self.card = card
        self.meter = meter
    }

    public var description: String { "\(card) at \(meter)" }
}

/// How a difference ended.
public enum DifferenceEnd: Sendable, Hashable {
    /// What was reported since explains it.
    case explained
    /// It is another amount now, and another difference.
    case superseded
    /// Two people resolved it.
    case resolved(Approval)
}

extension BookDifference: CustomStringConvertible {
    /// For display; do not compare it.
    public var description: String {
        let value = "\(decimal(amount)) \(currency)"
        return switch (kind, subject) {
        case (.holdsMore, .balance(let purse)):
            "\(purse) shows \(value) that its transactions do not reach: set back or copied"
        case (.valueMissing, .balance(let purse)): "\(purse) holds \(value) less than the books"
        case (.drewAfterReplacement, .overdraft(let purse)): "\(purse) drew \(value) after it was replaced"
        case (.creditedBeyondBooks, .overdraft(let purse)): "\(purse) gave \(value) that the books did not know"
        case (.creditedUntold, .balance(let purse)): "\(purse) credited \(value) that no card told of"
        case (.creditedUntold, .debits(let pair)): "\(pair.meter) credited \(value) that \(pair.card) has not told of"
        case (.leftUncredited, .left(let debit)): "BIND of \(debit.card) left \(value) at \(debit.meter): not credited"
        case (.leftUnknown, .unknownLeft(let debit)):
            "BIND of \(debit.card) left \(value) at \(debit.meter), which its balance does not show"
        case (.totalWentBack, .spent(let purse)): "the total of value used at \(purse) went back by \(value)"
        case (.totalWentBack, .credited(let pair)): "the total credited from \(pair) went back by \(value)"
        default: "\(kind) \(subject): \(value)"
        }
    }
}

/// Micro-units as units with six decimals: `-12.345678`.
package func decimal(_ microUnits: Int128) -> String {
    let (units, rest) = microUnits.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    let fraction = String(rest)
    return (microUnits < 0 ? "-" : "") + "\(units)." + String(repeating: "0", count: 6 - fraction.count) + fraction
}
