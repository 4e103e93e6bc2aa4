public import ISO7816

/// Queries that need no keys.
extension CardChannel {
    /// Selects the issuer security domain (no name), or another security domain.
    ///
    /// - Returns: the card's information about it; nil where it returns none.
    /// - Throws: `GlobalPlatformError`.
    @discardableResult
    public func selectSecurityDomain(_ aid: [UInt8] = []) throws(GlobalPlatformError) -> FileControlInformation? {
        guard aid.isEmpty || (5...16).contains(aid.count) else { throw GlobalPlatformError(.outOfRange, "an AID") }
        let select: CommandAPDU
        do throws(APDUError) {
            select = try CommandAPDU(cla: 0x00, ins: 0xA4, p1: 0x04, p2: 0x00, data: aid, expectedLength: 256)
        } catch {
            throw GlobalPlatformError(.outOfRange, "SELECT", cause: error)
        }
        let response = try exchange(select, "SELECT")
        // 6283: the card is locked, and only the issuer security domain still answers.
        guard response.status == .success || response.status.rawValue == 0x6283 else {
            throw GlobalPlatformError(.refused, "SELECT", status: response.status)
        }
        guard !response.data.isEmpty else { return nil }
        do throws(InterindustryError) {
            return try FileControlInformation(response.data)
        } catch {
            throw GlobalPlatformError(.malformedAnswer, "SELECT", cause: error)
        }
    }

    /// GET DATA (GlobalPlatform Card Specification 2.3.1, 11.3); nil where the card does not have it.
    ///
    /// - Throws: `GlobalPlatformError`.
    public func getData(_ tag: UInt16) throws(GlobalPlatformError) -> [UInt8]? {
        let name = "GET DATA"
        let response = try exchange(
            command(name, 0xCA, UInt8(tag >> 8), UInt8(truncatingIfNeeded: tag), []), name)
        switch response.status.rawValue {
        case 0x9000: return [UInt8](response.data)
        case 0x6A88, 0x6A80, 0x6A81, 0x6A86, 0x6D00: return nil
        default: throw GlobalPlatformError(.refused, name, status: response.status)
        }
    }

    /// The keys that the selected security domain has.
    ///
    /// - Throws: `GlobalPlatformError`.
    public func keyInformation() throws(GlobalPlatformError) -> [KeyInformation] {
        guard let bytes = try getData(0x00E0) else { return [] }
        return try KeyInformation.list(bytes)
    }

    /// The card data; nil where the card has none.
    ///
    /// - Throws: `GlobalPlatformError`.
    public func cardData() throws(GlobalPlatformError) -> CardData? {
        guard let bytes = try getData(0x0066) else { return nil }
        return try CardData(bytes)
    }
}
