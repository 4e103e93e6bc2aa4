internal import CPCSC

/// The transmission protocol between reader and card.
public enum CardProtocol: Sendable, Hashable, CaseIterable {
    /// Bytes, half duplex (ISO/IEC 7816-3, 10).
    case t0
    /// Blocks, half duplex (ISO/IEC 7816-3, 11).
    case t1
    /// Whatever the reader makes of it, without a protocol of the card's.
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
    /// Others may connect too.
    case shared
    /// Nobody else may connect.
    case exclusive
    /// The reader itself, whether a card is in or not: for `control` and attributes.
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
    /// The reader puts it out, where it can.
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
