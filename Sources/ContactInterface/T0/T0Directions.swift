/// Which commands bring data to a T=0 card: it must know when the header has come, which does not tell
/// (ISO/IEC 7816-3, 10.3.2).
public struct T0Directions: Sendable {
    private let own: @Sendable (_ header: [UInt8]) -> Bool?

    /// - Parameter own: what the application's commands do, by their header of five bytes: true where data come,
    ///   false where none do; nil leaves it to the standard's instructions.
    public init(_ own: @escaping @Sendable (_ header: [UInt8]) -> Bool? = { _ in nil }) { self.own = own }

    /// Whether data follow the header. An instruction that ISO/IEC 7816-4 does not give away is taken to bring them.
    public func bringsData(_ header: [UInt8]) -> Bool { own(header) ?? !Self.fetching.contains(header[1]) }

    /// Instructions of ISO/IEC 7816-4 and -8 that fetch, in their form without command data: GET CHALLENGE, READ
    /// BINARY, READ RECORD, GET RESPONSE, GET DATA, MANAGE CHANNEL, and those of EMV and GlobalPlatform for the same.
    private static let fetching: Set<UInt8> = [0x70, 0x84, 0xB0, 0xB2, 0xC0, 0xCA]
}
