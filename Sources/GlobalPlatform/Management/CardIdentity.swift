public import ISO7816

/// The public data of a GlobalPlatform card (GlobalPlatform Card Specification 2.3.1, 11.3.3.1, H.2 to H.4), as far as the
/// card gives them.
public struct CardIdentity: Sendable {
    /// Data object 66, card data with the card recognition data; nil where the card has none.
    public internal(set) var data: CardData?
    /// Data object 67, card capability information.
    public internal(set) var capabilities: CardCapabilityInformation?
    /// Data object 42, the issuer identification number.
    public internal(set) var issuerNumber: CardNumber?
    /// Data object 45, the card image number.
    public internal(set) var imageNumber: CardNumber?
    /// Data object 9F7F, card production life cycle data.
    public internal(set) var production: ProductionLifeCycle?
    /// Data object E0, the key information template.
    public internal(set) var keys: KeyInformationTemplate?
    /// The data objects that the card has, or may have, and refuses.
    public internal(set) var failures: [GlobalPlatformError] = []

    init() {}

    /// Where what the card gave does not have the form of the specification.
    public var faults: [DataFault] {
        (data?.faults ?? []) + (capabilities?.faults ?? []) + (issuerNumber?.faults ?? [])
            + (imageNumber?.faults ?? []) + (production?.faults ?? []) + (keys?.faults ?? [])
    }
}

extension CardChannel {
    /// Reads the card's public data from the selected security domain.
    ///
    /// A data object that the card refuses does not prevent the others: see ``CardIdentity/failures``.
    ///
    /// - Throws: `GlobalPlatformError` where the card does not answer.
    public func cardIdentity() throws(GlobalPlatformError) -> CardIdentity {
        var identity = CardIdentity()
        identity.data = try read(0x0066, &identity).map(CardData.init)
        identity.capabilities = try read(0x0067, &identity).map(CardCapabilityInformation.init)
        identity.issuerNumber = try read(0x0042, &identity).map { CardNumber($0, .issuer) }
        identity.imageNumber = try read(0x0045, &identity).map { CardNumber($0, .image) }
        identity.production = try read(0x9F7F, &identity).map(ProductionLifeCycle.init)
        identity.keys = try read(0x00E0, &identity).map(KeyInformationTemplate.init)
        return identity
    }

    private func read(_ tag: UInt16, _ identity: inout CardIdentity) throws(GlobalPlatformError) -> [UInt8]? {
        do throws(GlobalPlatformError) {
            return try getData(tag)
        } catch {
            guard error.code == .refused else { throw error }
            identity.failures.append(error)
            return nil
        }
    }
}
