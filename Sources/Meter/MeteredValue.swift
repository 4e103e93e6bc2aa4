internal import ValueElement
internal import ValueProtocol

/// What a meter's registers say, for the element's ACCOUNT.
final class RegisteredTotals: MeteredTotals {
    var read: () -> MeteredValue = { MeteredValue() }
    var totals: MeteredValue { read() }
    var channelCount = 1
}

extension ElectricMeter {
    var meteredValue: MeteredValue {
        MeteredValue(
            inUse: registers.remaining, spent: registers.spent, forfeited: registers.forfeited,
            paid: registers.paid, supply: decision.supply)
    }
}

extension OffLineMeter {
    var meteredValue: MeteredValue {
        MeteredValue(spent: registers.spent, supply: decision.supply)
    }
}

extension SupplyDecision {
    /// As ACCOUNT tells it.
    fileprivate var supply: MeterSupply {
        switch reason {
        case .emergencyCredit: isOn ? .emergencyCredit : .off
        case .friendlyCredit: isOn ? .friendlyCredit : .off
        case .tampered: .tampered
        case .limited: .limited
        case .waitsForPerson: .waitsForPerson
        default: isOn ? .on : .off
        }
    }
}
