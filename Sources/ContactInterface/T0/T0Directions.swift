/// Which commands bring data to a T=0 card: it must know on receipt of the header, which does not say (ISO/IEC 7816-3,
/// 10.3.2).
public struct T0Directions: Sendable {
    private let own: @Sendable (_ header: [UInt8]) -> Bool?

    /// - Parameter own: the direction of the application's commands, by their header of five bytes: true where data
    ///   follow, false where none do; nil for the standard's instructions.
    public init(_ own: @escaping @Sendable (_ header: [UInt8]) -> Bool? = { _ in nil }) { self.own = own }

    /// Whether data follow the header. For an instruction that ISO/IEC 7816-4 does not define, they are assumed to.
    func bringsData(_ header: [UInt8]) -> Bool { own(header) ?? !Self.fetching.contains(header[1]) }

    /// Instructions of ISO/IEC 7816-4 and -8 that only fetch data: GET CHALLENGE, READ BINARY, READ RECORD, GET
    /// RESPONSE, GET DATA, MANAGE CHANNEL, and their EMV and GlobalPlatform equivalents.
    private static let fetching: Set<UInt8> = [0x70, 0x84, 0xB0, 0xB2, 0xC0, 0xCA]
}
