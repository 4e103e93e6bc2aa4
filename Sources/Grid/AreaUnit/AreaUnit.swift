public import ValueProtocol

/// An area unit: it carries exchanges between a host above it and the local units below, and what those report.
///
/// It has no keys and keeps nothing: what waits for a local unit that is away waits in that unit's trunk until its deadline,
/// and what the host has asked and not been answered it sends again.
public actor AreaUnit {
    public let eid: PartyID
    private var routes = MeterRoutes()
    private var book = LineBook()
    private var carrying = 0
    private var isStopping = false
    private let lower: @Sendable (TrunkExchange, PartyID) async -> ExchangeOutcome
    private let report: @Sendable (UnitReport) async -> Void

    /// - Parameters:
    ///   - eid: its own.
    ///   - lower: carries an exchange, under its own id, through a local unit.
    ///   - report: passes a report on to the host.
    public init(
        _ eid: PartyID, lower: @escaping @Sendable (TrunkExchange, PartyID) async -> ExchangeOutcome,
        report: @escaping @Sendable (UnitReport) async -> Void
    ) {
        self.eid = eid
        self.lower = lower
        self.report = report
    }

    /// Carries an exchange of the host to the unit that has the meter.
    public func carry(_ exchange: TrunkExchange) async -> ExchangeOutcome {
        guard !isStopping else { return .notSent(.restarted) }
        guard let unit = routes.unit(of: exchange.meter) else { return .notSent(.unknownMeter) }
        carrying += 1
        defer { carrying -= 1 }
        return await lower(exchange, unit)
    }

    /// Takes no exchange any more, and waits for those that are under way.
    ///
    /// - Parameter limit: how long at most.
    public func stop(within limit: Duration) async {
        isStopping = true
        let end = ContinuousClock.now + limit
        while carrying > 0, .now < end {
            do {
                try await Task.sleep(for: .milliseconds(10))
            } catch {
                // Cancelled: nobody waits any more.
                return
            }
        }
    }

    /// Takes what a local unit has reported, and passes it on.
    public func receive(_ content: UnitReport, from unit: PartyID) async {
        book.record(content.content)
        if case .meters(let roster) = content.content { routes.apply(roster, of: unit) } else { routes.add(unit) }
        await report(content)
    }

    /// A local unit has connected.
    public func connected(_ unit: PartyID) { routes.add(unit) }

    /// Another process of the host is there, which knows nothing: it is told which meters there are.
    public func reportAll() async {
        for unit in routes.all {
            let meters = routes.meters(of: unit).sorted()
            await report(
                UnitReport(
                    from: unit, at: .zero,
                    .meters(UnitReport.MeterRoster(present: meters, isComplete: true))))
            for content in book.reports(of: meters) { await report(UnitReport(from: unit, at: .zero, content)) }
        }
    }
}
