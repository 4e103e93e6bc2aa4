import ValueProtocol

/// Reads rules from the nodes of a text, and remembers where each field stands.
final class RulesReader {
    /// Where fields stand, for errors that are found once all are known.
    var places: [SupplyRulesField: TextNode] = [:]

    static let fields = [
        "id", "effective", "currency", "timeZone", "holidays", "seasons", "dayProfiles", "rates", "sources", "blocks",
        "standingCharge", "debtShare", "credit",
    ]

    func rules(_ root: TextNode) throws(SupplyRulesTextError) -> SupplyRules {
        let fields = try root.fields(Self.fields)
        let id = try fields.required("id").number(1...UInt16.max)
        let effective = try fields.required("effective")
            .value("a date and time in UTC, such as 2026-12-01T00:00Z") { Timestamp(dateTime: $0) }
        let currency = try fields.required("currency")
            .value("the letters or number of a currency, such as EUR or 978") { Currency($0) }
        let zone = try fields["timeZone"].map { node throws(SupplyRulesTextError) in try self.zone(node) }
        let holidays = try all(fields.list("holidays"), .holiday) { node, _ throws(SupplyRulesTextError) in
            try self.holiday(node)
        }
        let seasons = try all(fields.list("seasons"), .season, season)
        let profiles = try all(fields.list("dayProfiles"), .profile, profile)
        let rates = try all(fields.list("rates"), .rate, rate)
        places[SupplyRulesField(.source)] = try fields.required("sources")
        let sources = try all(fields.list("sources"), .source, source)
        let blocks = try all(fields.list("blocks"), .block, block)
        let charge = try fields["standingCharge"].map { node throws(SupplyRulesTextError) in
            try self.standingCharge(node)
        }
        let share = try fields["debtShare"].map { node throws(SupplyRulesTextError) in
            try node.number(0...100 as ClosedRange<UInt8>)
        }
        let credit = try fields["credit"].map { node throws(SupplyRulesTextError) in try self.credit(node) }
        do throws(SupplyRulesError) {
            return try SupplyRules(
                id: id, effective: effective, currency: currency, zone: zone, holidays: holidays, seasons: seasons,
                profiles: profiles, rates: rates, sources: sources, blocks: blocks, standingCharge: charge,
                debtShare: share, credit: credit)
        } catch {
            let place = place(of: error.field) ?? root
            throw SupplyRulesTextError(
                .refused, line: place.line, field: place.path,
                allowed: Self.allowed(by: error, profiles: profiles, rates: rates), cause: error)
        }
    }

    /// The most exact place known for a field.
    private func place(of field: SupplyRulesField) -> TextNode? {
        places[field] ?? places[SupplyRulesField(field.object, field.index, field.part)]
            ?? places[SupplyRulesField(field.object, field.index)] ?? places[SupplyRulesField(field.object)]
    }

    /// What the error does not say itself.
    private static func allowed(
        by error: SupplyRulesError, profiles: [SupplyRules.DayProfile], rates: [SupplyRules.Rate]
    ) -> String? {
        func list(_ numbers: [UInt8]) -> String {
            numbers.isEmpty ? "none yet" : numbers.map { "\($0)" }.joined(separator: ", ")
        }
        return switch error.code {
        case .noSuchProfile: "the numbers of dayProfiles: \(list(profiles.map(\.number)))"
        case .outOfRange where error.field.part == .price || error.field.part == .priceGivenBack:
            "an amount up to \(SupplyRules.maxPrice)"
        case .noSuchRate: "the numbers of rates: \(list(rates.map(\.number)))"
        default: nil
        }
    }

    func all<Item>(
        _ nodes: [TextNode], _ object: SupplyRulesField.Object,
        _ read: (TextNode, Int) throws(SupplyRulesTextError) -> Item
    ) throws(SupplyRulesTextError) -> [Item] {
        var items: [Item] = []
        for (index, node) in nodes.enumerated() {
            places[SupplyRulesField(object, index)] = node
            items.append(try read(node, index))
        }
        return items
    }
}
