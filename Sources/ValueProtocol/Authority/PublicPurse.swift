public import ISO7816

/// A purse as GET DATA shows it without authentication (protocol §4). For display only: none of it is proven.
public struct PublicPurse: Sendable, Hashable {
    public let service: UtilityService
    public let balance: Amount
    public let currency: Currency
    /// The maximum balance.
    public let limit: Amount
    /// The meter that may draw from it; `.none` if no meter may.
    public let meter: PartyID

    /// Reads one purse of the selected element. The float has P2 10, since P2 00 is the element.
    ///
    /// - Returns: nil if it has no purse of `service`.
    /// - Throws: `SessionError` `.noAnswer`, `.refused`, `.malformedAnswer`.
    public static func read(_ service: UtilityService, over channel: any CardChannel) throws(SessionError)
        -> PublicPurse?
    {
        let step = "GET DATA of the \(service) purse"
        let number = service == .float ? 0x10 : service.rawValue
        let response: ResponseAPDU
        do {
            response = try channel.transmit(
                try CommandAPDU(cla: 0x00, ins: 0xCA, p1: 0x01, p2: number, data: [], expectedLength: 256))
        } catch {
            throw SessionError(.noAnswer, step, cause: error)
        }
        if response.status == .referencedDataNotFound { return nil }
        guard response.status == .success else { throw SessionError(.refused, step, status: response.status) }
        guard let purse = PublicPurse(service, response.data) else { throw SessionError(.malformedAnswer, step) }
        return purse
    }

    /// Nil if the bytes are not the 26 of a purse.
    init?(_ service: UtilityService, _ bytes: ArraySlice<UInt8>) {
        var reader = ByteReader(bytes.span)
        self.service = service
        balance = Amount(rawValue: reader.read())
        currency = Currency(rawValue: reader.read())
        limit = Amount(rawValue: reader.read())
        meter = PartyID(rawValue: reader.read())
        guard reader.isFinished else { return nil }
    }
}
