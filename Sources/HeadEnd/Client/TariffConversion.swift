public import ISO7816
public import Records
public import ValueProtocol

extension ElementClient {
    /// Changes a meter's tariff: sends it a tariff table (protocol §4, CONVERT TARIFF).
    ///
    /// - Parameters:
    ///   - table: in the currency of the meter's purse.
    ///   - effective: effective time by the meter's clock; a past time takes effect at once.
    ///   - channel: the channel to the meter.
    ///   - reference: the caller's identifier of the order; an order with the same reference that was done is not done
    ///     again.
    ///   - replacesAhead: whether it may take the place of another table that the meter holds for the same time.
    ///   - expected: the meter that must answer; nil accepts any.
    /// - Throws: as `storeCredit`.
    public func convertTariff(
        to table: TariffTable, effective: Timestamp, over channel: any CardChannel, reference: String? = nil,
        replacingAhead replacesAhead: Bool = false, expecting expected: PartyID? = nil
    ) throws(HostError) -> CreditResult {
        let reference = try checkedReference(reference)
        let meter = try select(over: channel, expecting: expected)
        let request = CreditRequest(
            kind: .convertTariff, service: UtilityService(rawValue: meter.eid.kind.rawValue), currency: table.currency,
            amount: .zero, reference: reference, tariff: TariffOrder(table, effective: effective),
            replacesTariffAhead: replacesAhead)
        return try carryOut(request, over: channel, with: meter)
    }
}
