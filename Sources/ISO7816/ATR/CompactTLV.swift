/// A COMPACT-TLV data object: tag and length are half a byte each (ISO/IEC 7816-4, 12.1.1.2).
public struct CompactTLV: Sendable, Hashable {
    /// Country code, ISO 3166-1.
    public static let countryCode: UInt8 = 0x1
    /// Issuer identification number, ISO/IEC 7812-1.
    public static let issuerIdentification: UInt8 = 0x2
    /// Card service data.
    public static let cardServiceData: UInt8 = 0x3
    /// Initial access data.
    public static let initialAccessData: UInt8 = 0x4
    /// The issuer's own data.
    public static let issuerData: UInt8 = 0x5
    /// The manufacturer's data (pre-issuing data).
    public static let preIssuingData: UInt8 = 0x6
    /// Card capabilities.
    public static let cardCapabilities: UInt8 = 0x7
    /// Life cycle status and status word.
    public static let statusIndicator: UInt8 = 0x8
    /// Application identifier.
    public static let applicationIdentifier: UInt8 = 0xF

    /// 0 to 15. The interindustry tag is `4x`.
    public let tag: UInt8
    /// 0 to 15 bytes.
    public let value: ArraySlice<UInt8>

    /// - Precondition: `tag` is at most 15, and `value` has at most 15 bytes.
    public init(tag: UInt8, value: some Collection<UInt8>) {
        precondition(tag <= 15 && value.count <= 15, "a COMPACT-TLV data object holds half a byte of tag and of length")
        self.tag = tag
        self.value = ArraySlice(value)
    }

    /// The encoded data object.
    public var bytes: [UInt8] { [tag << 4 | UInt8(value.count)] + value }

    /// Reads data objects up to the end; nil where one is longer than the remaining bytes.
    public static func parse(_ bytes: ArraySlice<UInt8>) -> [CompactTLV]? {
        var objects: [CompactTLV] = []
        var rest = bytes
        while let head = rest.popFirst() {
            let count = Int(head & 0x0F)
            guard count <= rest.count else { return nil }
            objects.append(CompactTLV(tag: head >> 4, value: rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return objects
    }
}
