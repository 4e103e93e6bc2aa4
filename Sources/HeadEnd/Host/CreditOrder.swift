public import ISO7816
public import Records
public import ValueProtocol

extension HostContext {
    /// Stores credit in a purse or takes it off, in the currency on record unless another is given.
    ///
    /// The element is selected once; see ``CreditDesk`` for repetitions and lost messages.
    ///
    /// - Parameters:
    ///   - kind: `.storeCredit` or `.refund`.
    ///   - amount: above zero.
    ///   - service: the purse's; nil for the one that the element itself measures, if it is a meter.
    ///   - currency: the purse's; nil for the one on record.
    ///   - desk: of this host.
    ///   - channel: the channel to the element.
    ///   - reference: as in `CreditDesk.storeCredit`.
    ///   - expected: the element that must answer; nil accepts any.
    /// - Throws: as `CreditDesk.storeCredit`; before anything is ordered also `WorkplaceError` `.unknownCurrency`, and
    ///   `JournalError`.
    public func order(
        _ kind: CreditTransaction.Kind, _ amount: Amount, for service: UtilityService?, in currency: Currency? = nil,
        by desk: CreditDesk, over channel: any CardChannel, reference: String? = nil,
        expecting expected: PartyID? = nil
    ) throws -> CreditResult {
        precondition(kind != .convertTariff, "a tariff is not credit")
        let element = try desk.select(over: channel, expecting: expected)
        let service = service ?? UtilityService(rawValue: element.eid.kind.rawValue)
        guard let currency = try currency ?? self.currency(of: service, on: element.eid) else {
            throw WorkplaceError(.unknownCurrency, "\(element.eid), \(service)")
        }
        let request = try desk.request(kind, amount, service, currency, reference)
        return try desk.carryOut(request, over: channel, with: element)
    }
}
