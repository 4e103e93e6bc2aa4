import Records
import ValueProtocol

/// All that a store tells of the elements that it knows, so that two states can be compared.
struct StoreImage {
    static let series: [UsageSeries] = [.hours, .days, .quarterHours, .quarterHoursGivenBack]

    /// In the same order for the same elements.
    private var parts: [(name: String, content: AnyHashable)] = []

    init(of store: any RecordAccess) throws {
        let elements = try store.elements()
        add("elements", elements)
        add("transactions", try store.transactions(of: nil))
        add("unsettled transactions", try store.unsettled())
        for eid in elements.map(\.eid) {
            add("purses of \(eid)", try store.purses(of: eid))
            add("balances of \(eid)", try store.balances(of: eid))
            add("value in transit to \(eid)", try store.openCarryOvers(to: eid))
            add("transaction in doubt with \(eid)", try store.transactionInDoubt(with: eid))
            for series in Self.series {
                add("usage \(series.rawValue) of \(eid)", try store.use(of: eid, series))
                add("start of reading \(series.rawValue) of \(eid)", try store.readingStart(series, of: eid))
            }
            add("events of \(eid)", try store.events(of: eid))
            add("clocks of \(eid)", try store.clocks(of: eid))
            add("reports of \(eid)", try store.meterStatus(of: eid))
            add("journal of \(eid)", try store.issueHistory(of: eid))
            add("trail of \(eid)", try store.auditTrail(of: eid))
        }
        // Entries without an order: where several processes write, each has a chain of its own.
        add("trail", Set(try store.auditTrail(of: nil)))
    }

    private mutating func add(_ name: String, _ content: some Hashable) { parts.append((name, AnyHashable(content))) }

    /// In words; nil if there is none.
    func difference(from before: StoreImage) -> String? {
        for (now, then) in zip(parts, before.parts) where now != then {
            return "\(now.name) were \(then.content), and are \(now.content)"
        }
        return parts.count == before.parts.count ? nil : "there are other elements"
    }
}
