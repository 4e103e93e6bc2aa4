internal import ValueProtocol

extension ChargeSystem {
    /// Micro-units per kWh or m³, before the rate's percentage.
    var basePrice: Amount {
        switch self {
        case .rules(let rules): rules.sources.first { $0.channel == 0 }?.price ?? .zero
        case .table(let table, _): table.price
        }
    }

    /// The rate of a meter with one register.
    ///
    /// - Parameter moment: by the meter's own calendar, which tables follow; rules have a calendar of their own.
    func percent(at moment: LocalCalendar.Moment) -> UInt16 {
        switch self {
        case .rules: 100
        case .table(let table, _): table.percent(at: moment)
        }
    }

    /// The rate of a meter with one register.
    ///
    /// - Parameters:
    ///   - time: UTC.
    ///   - offset: minutes by which the meter's local time is ahead, which tables follow.
    func percent(at time: Timestamp, offset: Int) -> UInt16 {
        switch self {
        case .rules: 100
        case .table(let table, _): table.percent(at: time, offset: offset)
        }
    }
}
