/// An answer to reset: what a card says about itself when it is powered up (ISO/IEC 7816-3, 8.2).
///
/// Rule violations that leave the bytes readable, like a wrong check byte, are listed in ``problems``: cards in the
/// field have them, and readers work with those cards.
public struct AnswerToReset: Sendable, Hashable {
    /// How levels on the line encode bits (TS).
    public enum Convention: UInt8, Sendable, Hashable {
        /// TS 3B: a high level is 1, the least significant bit comes first.
        case direct = 0x3B
        /// TS 3F: a high level is 0, the most significant bit comes first.
        case inverse = 0x3F
    }

    /// The bytes as sent, TS first.
    public let bytes: [UInt8]
    /// How levels on the line encode bits.
    public let convention: Convention
    /// TA to TD per level; the first level exists even where it is empty.
    public let levels: [ATRInterfaceBytes]
    /// The range of the historical bytes, which ends at TCK or at the end.
    let historicalRange: Range<Int>
    /// Rule violations.
    public let problems: [ATRProblem]

    /// T1 to TK.
    public var historicalBytes: ArraySlice<UInt8> { bytes[historicalRange] }

    /// The number of bytes: TS and T0, and at most 31 more (ISO/IEC 7816-3, 8.2.1).
    package static let lengths = 2...33

    /// Parses an answer to reset.
    ///
    /// - Throws: `ATRError` where TS is neither 3B nor 3F, or where the bytes end before the last historical byte.
    public init(_ bytes: [UInt8]) throws(ATRError) {
        try self.init(bytes, isLenient: false)
    }

    /// Parses an answer to reset whose last bytes may have been lost: missing historical bytes are listed in
    /// ``problems``.
    ///
    /// - Throws: `ATRError` where TS is neither 3B nor 3F, or where the bytes end before the last interface byte.
    public init(incomplete bytes: [UInt8]) throws(ATRError) {
        try self.init(bytes, isLenient: true)
    }

    private init(_ bytes: [UInt8], isLenient: Bool) throws(ATRError) {
        guard let first = bytes.first else { throw ATRError(.truncated, offset: 0) }
        guard let convention = Convention(rawValue: first) else { throw ATRError(.unknownInitialCharacter, offset: 0) }
        guard bytes.count > 1 else { throw ATRError(.truncated, offset: 1) }
        var index = 2
        var levels: [ATRInterfaceBytes] = []
        var indicator: UInt8? = bytes[1]
        while let following = indicator {
            // The high half is Y: which of TA, TB, TC, TD follow; the low half is T, the protocol that they belong to,
            // or on the first level the number of historical bytes.
            var level = ATRInterfaceBytes(protocolNumber: levels.isEmpty ? nil : following & 0x0F)
            func next(_ bit: UInt8) throws(ATRError) -> UInt8? {
                guard following & bit != 0 else { return nil }
                guard index < bytes.count else { throw ATRError(.truncated, offset: index) }
                index += 1
                return bytes[index - 1]
            }
            level.ta = try next(0x10)
            level.tb = try next(0x20)
            level.tc = try next(0x40)
            level.td = try next(0x80)
            levels.append(level)
            indicator = level.td
        }
        let announced = index + Int(bytes[1] & 0x0F)
        guard announced <= bytes.count || isLenient else { throw ATRError(.truncated, offset: bytes.count) }
        let end = min(announced, bytes.count)
        self.bytes = bytes
        self.convention = convention
        self.levels = levels
        self.historicalRange = index..<end
        self.problems =
            announced > bytes.count
            ? [.missingHistoricalBytes(count: announced - bytes.count)]
            : Self.problems(bytes, levels: levels, end: end)
    }

    private static func problems(_ bytes: [UInt8], levels: [ATRInterfaceBytes], end: Int) -> [ATRProblem] {
        var problems: [ATRProblem] = []
        var used = end
        if needsCheckByte(levels) {
            if end < bytes.count {
                let expected = bytes[1..<end].reduce(0, ^)
                if bytes[end] != expected { problems.append(.wrongCheckByte(found: bytes[end], expected: expected)) }
                used += 1
            } else {
                problems.append(.missingCheckByte)
            }
        }
        if used < bytes.count { problems.append(.trailingBytes(count: bytes.count - used)) }
        if bytes.count > lengths.upperBound { problems.append(.tooLong(count: bytes.count)) }
        return problems
    }

    /// TCK is present unless T=0 is the only T indicated (ISO/IEC 7816-3, 8.2.5).
    static func needsCheckByte(_ levels: [ATRInterfaceBytes]) -> Bool {
        levels.contains { ($0.td ?? 0) & 0x0F != 0 }
    }
}
