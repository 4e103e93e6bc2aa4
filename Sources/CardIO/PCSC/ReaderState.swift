internal import CPCSC

/// A reader and the card in it, as reported by the PC/SC service at one moment.
public struct ReaderState: Sendable, Hashable {
    /// The reader's name.
    public let reader: String
    /// The service's state word: flags in the lower half, a count of insertions and removals in the upper.
    public let rawValue: UInt32
    /// The card's answer to reset, empty without a card or where it is mute.
    public let answerToReset: [UInt8]

    public init(reader: String, rawValue: UInt32, answerToReset: [UInt8]) {
        self.reader = reader
        self.rawValue = rawValue
        self.answerToReset = answerToReset
    }

    /// The service does not know a reader of this name.
    public var isUnknown: Bool { has(SCARD_STATE_UNKNOWN) }
    /// The reader cannot be used.
    public var isUnavailable: Bool { has(SCARD_STATE_UNAVAILABLE) }
    /// A card is present.
    public var isCardPresent: Bool { has(SCARD_STATE_PRESENT) }
    /// A card is present but does not answer to reset.
    public var isMute: Bool { has(SCARD_STATE_MUTE) }
    /// One program has exclusive access to the card.
    public var isExclusive: Bool { has(SCARD_STATE_EXCLUSIVE) }
    /// Programs are connected to the card.
    public var isInUse: Bool { has(SCARD_STATE_INUSE) }
    /// Number of card insertions and removals, modulo 65,536.
    public var changes: UInt16 { UInt16(rawValue >> 16) }

    /// The state to pass to the service so that it reports the next change.
    var known: UInt32 { rawValue & ~UInt32(truncatingIfNeeded: SCARD_STATE_CHANGED) }

    private func has(_ flag: some BinaryInteger) -> Bool { rawValue & UInt32(truncatingIfNeeded: flag) != 0 }
}
