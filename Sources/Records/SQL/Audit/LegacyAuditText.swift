internal import ValueProtocol

/// The sentences that the audit trail held before it held typed events, frozen as they were then.
///
/// A record file of then is checked by comparing these sentences with its signed entries. So nothing here may ever be
/// mended, and nothing may be taken from descriptions elsewhere, which may: not a word, not a name of a currency.
/// Files of then are kept in Tests/RecordsSQLiteTests/Files.
enum LegacyAuditText {
    private static let status = "standing"

    /// What is compared with records, and an SQL pattern of what its entries were said to be about.
    static let subjectPatterns: [(AuditEvent.Kind, String)] = [
        (.transaction, "HTXN %"), (.balance, "balance %"), (.elementStatus, status), (.carryOver, "carry-over %"),
        (.purse, "purse %"),
    ]

    /// What an entry on `subject` was said to be about; nil for events that no record is compared with.
    static func subject(_ subject: AuditSubject) -> String? {
        let service = UtilityService(rawValue: UInt8(truncatingIfNeeded: subject.number))
        return switch subject.kind {
        case .transaction: "HTXN \(subject.number)"
        case .balance: "balance \(name(service))"
        case .elementStatus: status
        case .carryOver: "carry-over \(name(service))"
        case .purse: "purse \(name(service))"
        case .resolution, .numberGap, .contradiction, .difference, .differenceEnd, .correction, .finalReading,
            .queuedTariff, .calendar, .issuing:
            nil
        }
    }

    static func text(_ transaction: CreditTransaction) -> String {
        let order = transaction.order
        let content =
            transaction.tariff.map { text($0) } ?? "\(decimal(order.amount)) \(name(order.currency))"
        let balance = transaction.balance.map { ", balance \(decimal($0))" } ?? ""
        let reference = transaction.reference.map { ", reference \($0)" } ?? ""
        return "\(name(transaction.kind)) \(order.htxn.rawValue) of \(name(transaction.eid)): \(name(order.service)), "
            + "\(content), ordered \(dateTime(order.time)), \(text(transaction.state))\(balance)\(reference)"
    }

    static func text(_ carry: CarryOver) -> String {
        "\(decimal(carry.amount)) \(name(carry.currency)) to \(name(carry.to))"
    }

    static func text(_ purse: Bind) -> String {
        "\(decimal(purse.limit)) \(name(purse.currency)) at most, meter \(name(purse.meter))"
    }

    static func text(_ status: ElementStatus) -> String {
        switch status {
        case .inUse: "in use"
        case .lost: "lost"
        case .blocked: "blocked"
        case .replaced(let other): "replaced by \(name(other))"
        }
    }

    /// Of an entry on a balance.
    static func text(_ amount: Amount) -> String { decimal(amount) }
}

extension LegacyAuditText {
    private static func text(_ state: CreditTransaction.State) -> String {
        switch state {
        case .inDoubt: "in doubt"
        case .done: "done"
        case .refused(let status): "refused: \(text(status))"
        case .notApplied: "not applied"
        case .needsManualResolution: "a person has to decide"
        }
    }

    private static func text(_ status: BusinessStatus) -> String {
        switch status {
        case .done: "done"
        case .unknownService: "the element has no purse for this service"
        case .wrongCurrency: "the purse is of another currency"
        case .overLimit: "the purse would go over its limit"
        case .notEnoughValue: "the purse does not hold enough"
        case .alreadyApplied: "already applied"
        case .stale: "stale: a newer transaction was applied, or a debit is not credited yet"
        case .malformed: "malformed, or not for this element"
        case .blocked: "the element is blocked"
        }
    }

    private static func text(_ tariff: TariffOrder) -> String {
        let table = tariff.table
        let entries = table.entries.isEmpty ? "flat" : "\(table.entries.count) switches"
        return "table \(table.id), \(decimal(table.price)) \(name(table.currency)), \(entries), "
            + "effective \(dateTime(tariff.effective))"
    }

    private static func name(_ kind: CreditTransaction.Kind) -> String {
        switch kind {
        case .storeCredit: "STORE CREDIT"
        case .convertTariff: "CONVERT TARIFF"
        case .refund: "REFUND"
        }
    }

    private static func name(_ service: UtilityService) -> String {
        switch service {
        case .float: "float"
        case .electricity: "electricity"
        case .gas: "gas"
        case .water: "water"
        case .heat: "heat"
        default: "service \(hexadecimal(UInt64(service.rawValue), 2))"
        }
    }

    private static func name(_ party: PartyID) -> String {
        let value = party.rawValue
        return "\(hexadecimal(value >> 32, 8))-\(hexadecimal(value >> 24 & 0xFF, 2))-"
            + hexadecimal(value & 0xFF_FFFF, 6)
    }

    private static let letters: [UInt16: String] = [
        36: "AUD", 124: "CAD", 156: "CNY", 344: "HKD", 356: "INR", 360: "IDR", 392: "JPY", 404: "KES", 410: "KRW",
        458: "MYR", 554: "NZD", 566: "NGN", 578: "NOK", 586: "PKR", 608: "PHP", 646: "RWF", 702: "SGD", 704: "VND",
        710: "ZAR", 752: "SEK", 756: "CHF", 764: "THB", 800: "UGX", 826: "GBP", 834: "TZS", 840: "USD", 936: "GHS",
        949: "TRY", 967: "ZMW", 978: "EUR", 985: "PLN", 986: "BRL",
    ]

    private static func name(_ currency: Currency) -> String {
        letters[currency.rawValue] ?? digits(Int(currency.rawValue), 3)
    }

    private static func decimal(_ amount: Amount) -> String {
        let (units, micro) = amount.rawValue.quotientAndRemainder(dividingBy: 1_000_000)
        var fraction = digits(Int(micro), 6)
        while fraction.count > 2, fraction.last == "0" { fraction.removeLast() }
        return "\(units).\(fraction)"
    }

    /// As `2026-01-01T00:00:00Z`; the days to a date by H. Hinnant's `civil_from_days`.
    private static func dateTime(_ time: Timestamp) -> String {
        let (days, seconds) = Int(time.rawValue).quotientAndRemainder(dividingBy: 86_400)
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let calendarMonth = month < 10 ? month + 3 : month - 9
        let year = era * 400 + yearOfEra + (calendarMonth <= 2 ? 1 : 0)
        let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { digits($0, 2) }.joined(separator: ":")
        return "\(year)-\(digits(calendarMonth, 2))-\(digits(day, 2))T\(time)Z"
    }

    private static func digits(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
