public import CardCrypto

/// Which PIN of a card: P2 of the commands (ISO/IEC 7816-4, 11.6.1).
public struct PINReference: Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A global PIN, 0 to 31; 0 for the card's default.
    public static func global(_ number: UInt8) -> PINReference { PINReference(rawValue: number & 0x1F) }
    /// A PIN of the current application, 0 to 31.
    public static func local(_ number: UInt8) -> PINReference { PINReference(rawValue: 0x80 | number & 0x1F) }
}

/// The outcome of a PIN comparison.
public enum PINOutcome: Sendable, Hashable {
    /// The PIN is correct.
    case accepted
    /// The PIN is wrong; `triesLeft` is nil where the card does not say.
    case wrong(triesLeft: Int?)
    /// The PIN is blocked; no comparison was made.
    case blocked
}

/// The commands for PINs (ISO/IEC 7816-4, 11.6.5 to 11.6.10).
extension CardChannel {
    /// VERIFY.
    ///
    /// - Throws: `InterindustryError`; a wrong PIN is not an error.
    public func verify(_ block: Secret, _ reference: PINReference) throws(InterindustryError) -> PINOutcome {
        try pinCommand("VERIFY", 0x20, 0x00, reference, [block])
    }

    /// The remaining tries, without spending one: VERIFY without data.
    ///
    /// - Returns: `.accepted` where the PIN is already verified or not required.
    /// - Throws: `InterindustryError`.
    public func verificationState(_ reference: PINReference) throws(InterindustryError) -> PINOutcome {
        try pinCommand("VERIFY", 0x20, 0x00, reference, [])
    }

    /// CHANGE REFERENCE DATA: replaces `old` by `new`; without `old`, sets the PIN for the first time.
    ///
    /// - Throws: `InterindustryError`; a wrong old PIN is not an error.
    public func changePIN(
        _ old: Secret?, to new: Secret, _ reference: PINReference
    ) throws(InterindustryError) -> PINOutcome {
        try pinCommand(
            "CHANGE REFERENCE DATA", 0x24, old == nil ? 0x01 : 0x00, reference, (old.map { [$0] } ?? []) + [new])
    }

    /// RESET RETRY COUNTER, with or without a resetting code and a new PIN.
    ///
    /// - Throws: `InterindustryError`; a wrong resetting code is not an error.
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

    /// ENABLE VERIFICATION REQUIREMENT: from now on the PIN is required.
    ///
    /// - Throws: `InterindustryError`; a wrong PIN is not an error.
    public func enableVerification(
        _ block: Secret?, _ reference: PINReference
    ) throws(InterindustryError) -> PINOutcome {
        let name = "ENABLE VERIFICATION REQUIREMENT"
        return try pinCommand(name, 0x28, block == nil ? 0x01 : 0x00, reference, block.map { [$0] } ?? [])
    }

    /// DISABLE VERIFICATION REQUIREMENT: from now on the PIN is not required.
    ///
    /// - Throws: `InterindustryError`; a wrong PIN is not an error.
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
