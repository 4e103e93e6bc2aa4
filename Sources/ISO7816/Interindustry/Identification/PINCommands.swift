public import CardCrypto

/// Which PIN of a card: P2 of the commands (ISO/IEC 7816-4, 11.6.1).
public struct PINReference: Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// One for the whole card, 0 to 31; 0 where the card knows which.
    public static func global(_ number: UInt8) -> PINReference { PINReference(rawValue: number & 0x1F) }
    /// One of the current application, 0 to 31.
    public static func local(_ number: UInt8) -> PINReference { PINReference(rawValue: 0x80 | number & 0x1F) }
}

/// How a comparison with a PIN ended.
public enum PINOutcome: Sendable, Hashable {
    /// The same.
    case accepted
    /// Another; so many tries are left, nil where the card does not say.
    case wrong(triesLeft: Int?)
    /// No try is left, and none was made.
    case blocked
}

/// The commands for PINs (ISO/IEC 7816-4, 11.6.5 to 11.6.10).
extension CardChannel {
    /// VERIFY.
    ///
    /// - Throws: `InterindustryError`; a wrong PIN is no error.
    public func verify(_ block: Secret, _ reference: PINReference) throws(InterindustryError) -> PINOutcome {
        try pinCommand("VERIFY", 0x20, 0x00, reference, [block])
    }

    /// How many tries are left, without making one: VERIFY without data.
    ///
    /// - Returns: `.accepted` where the PIN is given already or not needed.
    /// - Throws: `InterindustryError`.
    public func verificationState(_ reference: PINReference) throws(InterindustryError) -> PINOutcome {
        try pinCommand("VERIFY", 0x20, 0x00, reference, [])
    }

    /// CHANGE REFERENCE DATA: `new` for `old`; without `old` where the PIN is set for the first time.
    ///
    /// - Throws: `InterindustryError`; a wrong old PIN is no error.
    public func changePIN(
        _ old: Secret?, to new: Secret, _ reference: PINReference
    ) throws(InterindustryError) -> PINOutcome {
        try pinCommand(
            "CHANGE REFERENCE DATA", 0x24, old == nil ? 0x01 : 0x00, reference, (old.map { [$0] } ?? []) + [new])
    }

    /// RESET RETRY COUNTER, with or without a resetting code and a new PIN.
    ///
    /// - Throws: `InterindustryError`; a wrong resetting code is no error.
    public func resetRetryCounter(
        code: Secret? = nil, new: Secret? = nil, _ reference: PINReference
    ) throws(InterindustryError) -> PINOutcome {
        let p1: UInt8 =
            switch (code != nil, new != nil) {
            case (true, true): 0x00
            case (true, false): 0x01
            case (false, true): 0x02
            case (false, false): 0x03
            }
        return try pinCommand("RESET RETRY COUNTER", 0x2C, p1, reference, [code, new].compactMap { $0 })
    }

    /// ENABLE VERIFICATION REQUIREMENT: from now on the PIN is asked for.
    ///
    /// - Throws: `InterindustryError`; a wrong PIN is no error.
    public func enableVerification(
        _ block: Secret?, _ reference: PINReference
    ) throws(InterindustryError) -> PINOutcome {
        let name = "ENABLE VERIFICATION REQUIREMENT"
        return try pinCommand(name, 0x28, block == nil ? 0x01 : 0x00, reference, block.map { [$0] } ?? [])
    }

    /// DISABLE VERIFICATION REQUIREMENT: from now on the PIN is not asked for.
    ///
    /// - Throws: `InterindustryError`; a wrong PIN is no error.
    public func disableVerification(
        _ block: Secret?, _ reference: PINReference
    ) throws(InterindustryError) -> PINOutcome {
        let name = "DISABLE VERIFICATION REQUIREMENT"
        return try pinCommand(name, 0x26, block == nil ? 0x01 : 0x00, reference, block.map { [$0] } ?? [])
    }

    private func pinCommand(
        _ name: String, _ ins: UInt8, _ p1: UInt8, _ reference: PINReference, _ blocks: [Secret]
    ) throws(InterindustryError) -> PINOutcome {
        var data: [UInt8] = []
        data.reserveCapacity(blocks.reduce(0) { $0 + $1.count })
        for block in blocks { unsafe block.withBytes { unsafe data.append(contentsOf: $0) } }
        defer { Secret.wipe(&data) }
        let response = try exchange(.interindustry(name, ins, p1, reference.rawValue, data: data), name)
        switch response.status.rawValue {
        case 0x9000: return .accepted
        case 0x6300: return .wrong(triesLeft: nil)
        case 0x63C0...0x63CF: return .wrong(triesLeft: response.status.triesLeft)
        case 0x6983: return .blocked
        default: throw InterindustryError(.refused, name, status: response.status)
        }
    }
}
