public import ISO7816
public import Records
public import ValueProtocol

extension ElementClient {
    /// Collects the status that off-line meters reported through the card, and records it (protocol §6, series 06).
    ///
    /// - Returns: the new records.
    /// - Throws: `HostError` `.noSession`, or of the records. What was already read stays on the card too.
    public func collectMeterStatus(
        over channel: any CardChannel, expecting expected: PartyID? = nil
    ) throws(HostError) -> [MeterStatusRecord] {
        let report = try run(.collectMeterStatus, over: channel, expecting: expected)
        guard case .meterStatus(let statuses) = report.result else { unreachable() }
        return statuses
    }
}
