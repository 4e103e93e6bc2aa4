/// A meter's report through a card: `service ‖ meter's EID ‖ NT u32 ‖ time u32 ‖ length u8 ‖ status` (protocol §6).
public struct MeterStatusRecord: Sendable, Hashable {
    public let service: UtilityService
    public let meter: PartyID
    /// NT of the debit that brought it.
    public let nt: UInt32
    /// Of the debit that brought it.
    public let time: Timestamp
    /// BER-TLV, at most 128 bytes.
    public let status: [UInt8]

    public static let maxStatusBytes = 128

    public init(service: UtilityService, meter: PartyID, nt: UInt32, time: Timestamp, status: [UInt8]) {
        self.service = service
        self.meter = meter
        self.nt = nt
        self.time = time
        self.status = status
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = [service.rawValue]
        bytes.append(meter)
        bytes.append(bigEndian: nt)
        bytes.append(bigEndian: time.rawValue)
        bytes.append(UInt8(status.count))
        bytes.append(contentsOf: status)
        return bytes
    }

    /// Parses the records of a READ USAGE answer; nil if they are malformed.
    public static func records(_ bytes: [UInt8]) -> [MeterStatusRecord]? {
        var reader = ByteReader(bytes.span)
        var records: [MeterStatusRecord] = []
        while reader.remaining > 0 {
            let service = UtilityService(rawValue: reader.readByte())
            let meter = reader.readParty()
            let nt: UInt32 = reader.read()
            let time = Timestamp(rawValue: reader.read())
            let status = reader.readBytes(Int(reader.readByte()))
            guard reader.isGood else { return nil }
            records.append(MeterStatusRecord(service: service, meter: meter, nt: nt, time: time, status: status))
        }
        return records
    }
}
