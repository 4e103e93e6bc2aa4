public import ISO7816

/// A security domain that was selected, as its answer to SELECT tells (GlobalPlatform Card Specification 2.3.1, 11.9.3).
public struct SelectedSecurityDomain: Sendable, Hashable {
    /// How it was found.
    public enum Origin: Sendable, Hashable {
        /// By the AID that the caller gave.
        case given
        /// SELECT without an AID: the application that the card selects by default.
        case defaultSelection
        /// By an AID that issuer security domains commonly have; the default selection is refused or another
        /// application.
        case knownAID
    }

    /// Its AID: what the card returns, else the AID by which it was selected; nil where neither is known.
    public let aid: [UInt8]?
    public let origin: Origin
    /// Whether the card's life cycle state is CARD_LOCKED: SELECT returns the warning 6283.
    public let isCardLocked: Bool
    /// Another warning (62XX) with which it was selected; nil where there was none.
    public let warning: StatusWord?
    /// The maximum length of command data that it accepts (9F65); nil where it returns none.
    public let maxCommandData: Int?
    /// Whether the card returns data that only security domains have: an AID of an issuer security domain, security
    /// domain management data (73), production life cycle data (9F6E) or a maximum length (9F65).
    public let isSecurityDomain: Bool
    /// The file control information as the card returned it; empty where it returned none.
    public let information: [UInt8]
    /// Where the file control information is malformed.
    public let faults: [DataFault]

    /// The AIDs under which issuer security domains are found: GlobalPlatform's, its first 7 bytes for those that vary in
    /// the last, that of Open Platform cards, and that of Gemplus cards.
    public static let knownIssuerAIDs: [[UInt8]] = [
        [0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00], [0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00],
        [0xA0, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00], [0xA0, 0x00, 0x00, 0x00, 0x18, 0x43, 0x4D, 0x00],
    ]

    /// The status word of SELECT for a card whose life cycle state is CARD_LOCKED.
    private static let locked = StatusWord(0x6283)

    /// - Parameters:
    ///   - answer: the data of the answer to SELECT.
    ///   - status: the status word: 9000 or a warning.
    ///   - selected: the AID in the command; empty for the default selection.
    init(_ answer: [UInt8], status: StatusWord, selected: [UInt8], origin: Origin) {
        let name = "file control information"
        var objects = CardObjects(answer[...], name)
        objects.enter(0x6F, of: answer[...], name)
        let proprietary = objects[0xA5].map { CardObjects($0.value, name) }
        var faults = objects.faults
        for fault in proprietary?.faults ?? [] where !faults.contains(fault) { faults.append(fault) }
        func inner(_ tag: UInt32) -> CardObject? { proprietary?[tag] ?? objects[tag] }

        let object = objects[0x84]
        let returned = object.flatMap { !$0.isTruncated && (5...16).contains($0.value.count) ? $0.bytes : nil }
        if let object, !object.isTruncated {
            if returned == nil {
                faults.append(
                    DataFault(.notAID, name, offset: object.offset, "\(object.value.count) bytes, not 5 to 16"))
            } else if !object.value.starts(with: selected) {
                let selected = selected.hexadecimal()
                faults.append(
                    DataFault(
                        .notAID, name, offset: object.offset, "\(object.bytes.hexadecimal()), not \(selected)"))
            }
        }
        if faults.isEmpty {
            aid = returned ?? (selected.isEmpty ? nil : selected)
        } else if selected.isEmpty {
            // A length that is too long takes what follows into the AID.
            let known = Self.knownIssuerAIDs.first { known in object?.value.starts(with: known) == true }
            aid = known ?? returned
        } else {
            aid = selected
        }
        let aid = aid
        let isIssuer = Self.knownIssuerAIDs.contains { known in aid?.starts(with: known) == true }
        isSecurityDomain = isIssuer || [0x73, 0x9F6E, 0x9F65].contains { inner($0) != nil }
        maxCommandData = inner(0x9F65).flatMap { object in
            (1...3).contains(object.value.count) ? object.value.reduce(0) { $0 << 8 | Int($1) } : nil
        }
        self.origin = origin
        self.isCardLocked = status == Self.locked
        self.warning = status == .success || status == Self.locked ? nil : status
        self.information = answer
        self.faults = faults
    }
}

extension CardChannel {
    /// Selects a security domain by its AID, or without one what the card selects by default.
    ///
    /// Malformed file control information is no error: see ``SelectedSecurityDomain/faults``.
    ///
    /// - Parameter aid: 5 to 16 bytes, or empty.
    /// - Throws: `GlobalPlatformError`.
    @discardableResult
    public func selectSecurityDomain(_ aid: [UInt8] = []) throws(GlobalPlatformError) -> SelectedSecurityDomain {
        try selectSecurityDomain(aid, origin: aid.isEmpty ? .defaultSelection : .given)
    }

    /// Finds and selects the issuer security domain: by default selection, else by the AIDs that such domains commonly
    /// have. Where there is none under these either, it is what the card selects by default.
    ///
    /// - Throws: `GlobalPlatformError`: the card's answer to the default selection where nothing can be selected.
    public func selectIssuerSecurityDomain() throws(GlobalPlatformError) -> SelectedSecurityDomain {
        var refusal: GlobalPlatformError?
        do throws(GlobalPlatformError) {
            let selected = try selectSecurityDomain()
            if selected.isSecurityDomain { return selected }
        } catch {
            guard error.code == .refused else { throw error }
            refusal = error
        }
        for aid in SelectedSecurityDomain.knownIssuerAIDs {
            do throws(GlobalPlatformError) {
                return try selectSecurityDomain(aid, origin: .knownAID)
            } catch {
                guard error.code == .refused else { throw error }
            }
        }
        if let refusal { throw refusal }
        // A failed SELECT may have left nothing selected.
        return try selectSecurityDomain()
    }

    private func selectSecurityDomain(
        _ aid: [UInt8], origin: SelectedSecurityDomain.Origin
    ) throws(GlobalPlatformError) -> SelectedSecurityDomain {
        guard aid.isEmpty || (5...16).contains(aid.count) else { throw GlobalPlatformError(.outOfRange, "an AID") }
        let select: CommandAPDU
        do throws(APDUError) {
            select = try CommandAPDU(cla: 0x00, ins: 0xA4, p1: 0x04, p2: 0x00, data: aid, expectedLength: 256)
        } catch {
            throw GlobalPlatformError(.outOfRange, "SELECT", cause: error)
        }
        let response = try exchange(select, "SELECT")
        guard response.status == .success || response.status.sw1 == 0x62 else {
            throw GlobalPlatformError(.refused, "SELECT", status: response.status)
        }
        return SelectedSecurityDomain(
            [UInt8](response.data), status: response.status, selected: aid, origin: origin)
    }
}
