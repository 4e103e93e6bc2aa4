public import ISO7816

/// The public identification data of a GlobalPlatform card (GlobalPlatform Card Specification 2.3.1, 11.3.3.1 and H.2).
public struct CardIdentity: Sendable, Hashable {
    /// Data object 66, card recognition data; nil where the card has none.
    public let data: CardData?
    /// Data object 42, the issuer identification number.
    public let issuerNumber: [UInt8]?
    /// Data object 45, the card image number.
    public let imageNumber: [UInt8]?
    /// Data object 9F7F, card production life cycle data.
    public let productionData: [UInt8]?

    public init(data: CardData?, issuerNumber: [UInt8]?, imageNumber: [UInt8]?, productionData: [UInt8]?) {
        self.data = data
        self.issuerNumber = issuerNumber
        self.imageNumber = imageNumber
        self.productionData = productionData
    }
}

extension CardChannel {
    /// Reads the card's public identification data from the selected security domain.
    ///
    /// - Throws: `GlobalPlatformError`.
    public func cardIdentity() throws(GlobalPlatformError) -> CardIdentity {
        CardIdentity(
            data: try cardData(), issuerNumber: try getData(0x0042), imageNumber: try getData(0x0045),
            productionData: try getData(0x9F7F))
    }
}

extension CardData.Offer: CustomStringConvertible {
    /// `SCP03 i=70`.
    public var description: String {
        "SCP\(scp < 10 ? "0" : "")\(scp) i=\([UInt8(truncatingIfNeeded: parameter)].hexadecimal())"
    }
}
