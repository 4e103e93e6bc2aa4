public import DurableFiles
public import ValueProtocol

/// An order of elements to issue, from a CSV file with a header.
///
/// | column | contents |
/// |---|---|
/// | `eid` | the element's ID, 16 hexadecimal digits with or without dashes, or `next`: the next blank card inserted |
/// | `purses` | `service:meter` or `service`, separated by a space; service is electricity, gas, water or heat |
/// | `currency` | of all its purses: three letters or the ISO 4217 number |
/// | `limit` | maximum balance of each purse, in units of the currency: one amount for all, or one per purse |
///
/// `next` is for subscriber cards only; meters are named. A meter's own purse has no other meter:
/// `00A1B2C3-02-000078,gas,EUR,500.00`. A card's purse without a meter has no slot.
public struct BatchOrder: Sendable, Hashable {
    /// One element.
    public struct Row: Sendable, Hashable {
        /// Line number of the row's start in the file.
        public let line: Int
        /// Nil for the next blank card.
        public let eid: PartyID?
        public let purses: [PursePlan]
    }

    public let rows: [Row]

    /// - Throws: `CSVError`, with line and column.
    public init(csv text: String) throws(CSVError) {
        let table = try CSVTable(text, columns: ["eid", "purses", "currency", "limit"])
        var rows: [Row] = []
        var named: Set<PartyID> = []
        for fields in table.rows {
            let row = try BatchOrder.row(fields)
            if let eid = row.eid, !named.insert(eid).inserted {
                throw fields[0].wrong("eid", "\(eid) has a row before this one")
            }
            rows.append(row)
        }
        self.rows = rows
    }

    private static func row(_ fields: [CSVText.Field]) throws(CSVError) -> Row {
        var eid: PartyID?
        if fields[0].text != "next" {
            guard let id = PartyID(fields[0].text), id.kind == .subscriberCard || id.kind.isMeter else {
                throw fields[0].wrong("eid", "a card's or meter's 16 hexadecimal digits, or next")
            }
            eid = id
        }
        let words = fields[1].text.split(separator: " ")
        guard let currency = Currency(fields[2].text) else {
            throw fields[2].wrong("currency", "three letters, such as EUR, or the ISO 4217 number")
        }
        let limits = fields[3].text.split(separator: " ")
        guard limits.count == 1 || limits.count == words.count else {
            throw fields[3].wrong("limit", "one amount, or as many as purses")
        }
        var purses: [PursePlan] = []
        for (index, word) in words.enumerated() {
            guard let limit = Amount(limits[limits.count == 1 ? 0 : index]) else {
                throw fields[3].wrong("limit", "units with at most six decimals, such as 200.00")
            }
            let purse = try purse(word, of: eid, currency, limit, fields[1])
            guard !purses.contains(where: { $0.service == purse.service }) else {
                throw fields[1].wrong("purses", "\(purse.service) is named twice")
            }
            purses.append(purse)
        }
        return Row(line: fields[0].line, eid: eid, purses: purses)
    }

    private static func purse(
        _ word: Substring, of eid: PartyID?, _ currency: Currency, _ limit: Amount, _ field: CSVText.Field
    ) throws(CSVError) -> PursePlan {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false)
        guard let service = UtilityService(named: String(parts[0])), service != .float, parts.count <= 2 else {
            throw field.wrong("purses", "service:meter, where service is electricity, gas, water or heat")
        }
        if let eid, eid.kind.isMeter {
            guard parts.count == 1, service.rawValue == eid.kind.rawValue else {
                throw field.wrong("purses", "a \(eid.kind) has the one purse of its kind, without another meter")
            }
        }
        guard parts.count == 2 else { return PursePlan(service: service, currency: currency, limit: limit) }
        guard let meter = PartyID(parts[1]), meter.kind.rawValue == service.rawValue else {
            throw field.wrong("purses", "behind \(service): a \(service) meter by its 16 hexadecimal digits")
        }
        return PursePlan(service: service, currency: currency, limit: limit, meter: meter)
    }
}
