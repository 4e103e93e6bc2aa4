/// How the data of STORE DATA are coded (GlobalPlatform Card Specification 2.3.1, 11.11.2.1: bits 5 and 4 of P1).
public enum StoreDataStructure: UInt8, Sendable, Hashable, CaseIterable {
    /// Not specified.
    case unspecified = 0x00
    /// Data groupings, DGI.
    case dataGroupings = 0x08
    /// BER-TLV.
    case berTLV = 0x10
}
