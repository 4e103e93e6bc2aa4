internal import CPCSC

/// The transmission protocol between reader and card.
public enum CardProtocol: Sendable, Hashable, CaseIterable {
    /// Character-oriented, half duplex (ISO/IEC 7816-3, 10).
    case t0
    /// Block-oriented, half duplex (ISO/IEC 7816-3, 11).
    case t1
    /// Raw, without a card protocol; reader-specific.
    case raw

    init?(_ flag: DWORD) {
        switch UInt32(truncatingIfNeeded: flag) {
        case UInt32(SCARD_PROTOCOL_T0): self = .t0
        case UInt32(SCARD_PROTOCOL_T1): self = .t1
        case UInt32(SCARD_PROTOCOL_RAW): self = .raw
        default: return nil
        }
    }

    var flag: DWORD {
        switch self {
        case .t0: DWORD(SCARD_PROTOCOL_T0)
        case .t1: DWORD(SCARD_PROTOCOL_T1)
        case .raw: DWORD(SCARD_PROTOCOL_RAW)
        }
    }
}

/// How a card is shared with other programs.
public enum ShareMode: Sendable, Hashable {
    /// Other programs may connect too.
    case shared
    /// No other program may connect.
    case exclusive
    /// The reader itself, with or without a card: for `control`, attributes, and commands to the reader, which are sent
    /// without a card protocol.
    case direct

    var flag: DWORD {
        switch self {
        case .shared: DWORD(SCARD_SHARE_SHARED)
        case .exclusive: DWORD(SCARD_SHARE_EXCLUSIVE)
        case .direct: DWORD(SCARD_SHARE_DIRECT)
        }
    }
}

/// What happens to a card when a connection or a transaction ends.
public enum CardDisposition: Sendable, Hashable {
    /// Nothing.
    case leave
    /// A warm reset.
    case reset
    /// Power off, so the next connection finds the card after a cold reset.
    case unpower
    /// Ejected, where the reader supports it.
    case eject

    var flag: DWORD {
        switch self {
        case .leave: DWORD(SCARD_LEAVE_CARD)
        case .reset: DWORD(SCARD_RESET_CARD)
        case .unpower: DWORD(SCARD_UNPOWER_CARD)
        case .eject: DWORD(SCARD_EJECT_CARD)
        }
    }
}
