public import ISO7816

/// Queries that need no keys.
extension CardChannel {
    /// GET DATA (GlobalPlatform Card Specification 2.3.1, 11.3); nil where the card does not have it.
    ///
    /// A card that does not support it with class 80 is asked with class 00.
    ///
    /// - Throws: `GlobalPlatformError`.
    public func getData(_ tag: UInt16) throws(GlobalPlatformError) -> [UInt8]? {
        let (data, warning) = try getDataOrPart(tag)
        if let warning { throw warning }
        return data
    }

    /// The same; data that come with a warning (62XX, 63XX) are returned beside it.
    func getDataOrPart(_ tag: UInt16) throws(GlobalPlatformError) -> (data: [UInt8]?, warning: GlobalPlatformError?) {
        let name = "GET DATA " + [UInt8](bigEndian: tag).hexadecimal()
        var response = ResponseAPDU(status: .classNotSupported)
        for cla: UInt8 in [0x80, 0x00] {
            response = try exchange(
                command(name, 0xCA, UInt8(tag >> 8), UInt8(truncatingIfNeeded: tag), [], cla: cla), name)
            guard [.classNotSupported, .instructionNotSupported].contains(response.status) else { break }
        }
        switch response.status.rawValue {
        case 0x9000: return ([UInt8](response.data), nil)
        case 0x6A88, 0x6A80, 0x6A81, 0x6A86, 0x6D00, 0x6E00: return (nil, nil)
        case 0x6200...0x63FF where !response.data.isEmpty:
            return ([UInt8](response.data), GlobalPlatformError(.warned, name, status: response.status))
        default: throw GlobalPlatformError(.refused, name, status: response.status)
        }
    }

    /// The keys that the selected security domain has.
    ///
    /// - Throws: `GlobalPlatformError`; `.malformedAnswer` where the answer has any fault.
    public func keyInformation() throws(GlobalPlatformError) -> [KeyInformation] {
        guard let bytes = try getData(0x00E0) else { return [] }
        return try KeyInformation.list(bytes)
    }

    /// The keys that the selected security domain has, as far as the answer can be read; nil where it has none.
    ///
    /// A card's warning is no error: see ``KeyInformationTemplate/warning``.
    ///
    /// - Throws: `GlobalPlatformError`.
    public func keyInformationTemplate() throws(GlobalPlatformError) -> KeyInformationTemplate? {
        let (data, warning) = try getDataOrPart(0x00E0)
        return data.map { KeyInformationTemplate($0, warning: warning?.status) }
    }

    /// The card data; nil where the card has none.
    ///
    /// - Throws: `GlobalPlatformError`.
    public func cardData() throws(GlobalPlatformError) -> CardData? { try getData(0x0066).map(CardData.init) }
}

extension [UInt8] {
    /// The two bytes of a tag.
    fileprivate init(bigEndian tag: UInt16) { self = [UInt8(tag >> 8), UInt8(truncatingIfNeeded: tag)] }
}
