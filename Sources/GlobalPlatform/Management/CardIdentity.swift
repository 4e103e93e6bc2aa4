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
    /// The data objects that the card has, or may have, and refuses, or gives with a warning; and the one at which it
    /// answered no more.
    public internal(set) var failures: [GlobalPlatformError] = []

    init() {}

    fileprivate mutating func take(_ tag: UInt16, _ answer: [UInt8], _ warning: StatusWord?) {
        switch tag {
        case 0x0066: data = CardData(answer)
        case 0x0067: capabilities = CardCapabilityInformation(answer)
        case 0x0042: issuerNumber = CardNumber(answer, .issuer)
        case 0x0045: imageNumber = CardNumber(answer, .image)
        case 0x9F7F: production = ProductionLifeCycle(answer)
        default: keys = KeyInformationTemplate(answer, warning: warning)
        }
    }

    /// Where what the card gave does not have the form of the specification.
    public var faults: [DataFault] {
        (data?.faults ?? []) + (capabilities?.faults ?? []) + (issuerNumber?.faults ?? [])
            + (imageNumber?.faults ?? []) + (production?.faults ?? []) + (keys?.faults ?? [])
    }
}

extension CardChannel {
    /// Reads the card's public data from the selected security domain.
    ///
    /// A data object that the card refuses does not prevent the others: see ``CardIdentity/failures``. What a card has
    /// given before it answers no more remains.
    ///
    /// - Throws: `GlobalPlatformError` where the card answers nothing at all.
    public func cardIdentity() throws(GlobalPlatformError) -> CardIdentity {
        var identity = CardIdentity()
        var answered = 0
        for tag: UInt16 in [0x0066, 0x0067, 0x0042, 0x0045, 0x9F7F, 0x00E0] {
            do throws(GlobalPlatformError) {
                let (data, warning) = try getDataOrPart(tag)
                if let data { identity.take(tag, data, warning?.status) }
                if let warning { identity.failures.append(warning) }
            } catch {
                guard error.code == .refused || answered > 0 else { throw error }
                identity.failures.append(error)
                guard error.code == .refused else { break }
            }
            answered += 1
        }
        return identity
    }
}
