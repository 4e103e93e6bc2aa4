/// What a card can do, as its historical bytes say (ISO/IEC 7816-4, 12.1.1.9, tables of the software functions).
public struct CardCapabilities: Sendable, Hashable {
    /// 1 to 3 bytes: selection methods, data coding, and chaining with lengths and channels.
    public let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    private func byte(_ index: Int) -> UInt8? { index < bytes.count ? bytes[bytes.startIndex + index] : nil }

    /// Whether an application can be selected by its full name; nil where the card does not say.
    public var selectsByFullName: Bool? { byte(0).map { $0 & 0x80 != 0 } }
    /// Whether an application can be selected by a partial name; nil where the card does not say.
    public var selectsByPartialName: Bool? { byte(0).map { $0 & 0x40 != 0 } }
    /// Whether commands may be chained; nil where the card does not say.
    public var supportsCommandChaining: Bool? { byte(2).map { $0 & 0x80 != 0 } }
    /// Whether extended Lc and Le are supported; nil where the card does not say.
    public var supportsExtendedLengths: Bool? { byte(2).map { $0 & 0x40 != 0 } }
    /// How many logical channels the card has, 8 for 8 or more; nil where the card does not say.
    public var logicalChannels: Int? { byte(2).map { $0 & 0x18 == 0 ? 1 : Int($0 & 0x07) + 1 } }
}
