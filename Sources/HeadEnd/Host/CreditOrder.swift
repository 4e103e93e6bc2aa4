public import ISO7816
public import Records
public import ValueProtocol

extension HostContext {
    /// Stores credit in a purse or takes it off, in the currency on record unless another is given.
    ///
    /// The element is selected once; see ``ElementClient`` for repetitions and lost messages.
    ///
    /// - Parameters:
    ///   - kind: `.storeCredit` or `.refund`.
    ///   - amount: above zero.
    ///   - service: the purse's; nil for the one that the element itself measures, if it is a meter.
    ///   - currency: the purse's; nil for the one on record.
    ///   - client: of this host.
    ///   - channel: the channel to the element.
    ///   - reference: as in `ElementClient.storeCredit`.
    ///   - expected: the element that must answer; nil accepts any.
    /// - Throws: as `ElementClient.storeCredit`; before anything is ordered also `WorkplaceError` `.unknownCurrency`, and
    ///   `JournalError`.
    public func order(
        _ kind: CreditTransaction.Kind, _ amount: Amount, for service: UtilityService?, in currency: Currency? = nil,
        by client: ElementClient, over channel: any CardChannel, reference: String? = nil,
        expecting expected: PartyID? = nil
    ) throws -> CreditResult {
        precondition(kind != .convertTariff, "a tariff is not credit")
        let element = try client.select(over: channel, expecting: expected)
        let service = service ?? UtilityService(rawValue: element.eid.kind.rawValue)
        guard let currency = try currency ?? self.currency(of: service, on: element.eid) else {
            throw WorkplaceError(.unknownCurrency, "\(element.eid), \(service)")
        }
        let request = try client.request(kind, amount, service, currency, reference)
        return try client.carryOut(request, over: channel, with: element)
    }
}
