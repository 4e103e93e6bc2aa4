extension PCSCError {
    /// The result's name in the header of PC/SC, such as `SCARD_W_REMOVED_CARD`; nil for a number that it does not have.
    ///
    /// 8010001F, SCARD_E_UNEXPECTED elsewhere, is SCARD_E_UNSUPPORTED_FEATURE in pcsc-lite.
    public var name: String? {
        switch number {
        case 0x8010_0001: "SCARD_F_INTERNAL_ERROR"
        case 0x8010_0002: "SCARD_E_CANCELLED"
        case 0x8010_0003: "SCARD_E_INVALID_HANDLE"
        case 0x8010_0004: "SCARD_E_INVALID_PARAMETER"
        case 0x8010_0005: "SCARD_E_INVALID_TARGET"
        case 0x8010_0006: "SCARD_E_NO_MEMORY"
        case 0x8010_0007: "SCARD_F_WAITED_TOO_LONG"
        case 0x8010_0008: "SCARD_E_INSUFFICIENT_BUFFER"
        case 0x8010_0009: "SCARD_E_UNKNOWN_READER"
        case 0x8010_000A: "SCARD_E_TIMEOUT"
        case 0x8010_000B: "SCARD_E_SHARING_VIOLATION"
        case 0x8010_000C: "SCARD_E_NO_SMARTCARD"
        case 0x8010_000D: "SCARD_E_UNKNOWN_CARD"
        case 0x8010_000E: "SCARD_E_CANT_DISPOSE"
        case 0x8010_000F: "SCARD_E_PROTO_MISMATCH"
        case 0x8010_0010: "SCARD_E_NOT_READY"
        case 0x8010_0011: "SCARD_E_INVALID_VALUE"
        case 0x8010_0012: "SCARD_E_SYSTEM_CANCELLED"
        case 0x8010_0013: "SCARD_F_COMM_ERROR"
        case 0x8010_0014: "SCARD_F_UNKNOWN_ERROR"
        case 0x8010_0015: "SCARD_E_INVALID_ATR"
        case 0x8010_0016: "SCARD_E_NOT_TRANSACTED"
        case 0x8010_0017: "SCARD_E_READER_UNAVAILABLE"
        case 0x8010_0018: "SCARD_P_SHUTDOWN"
        case 0x8010_0019: "SCARD_E_PCI_TOO_SMALL"
        case 0x8010_001A: "SCARD_E_READER_UNSUPPORTED"
        case 0x8010_001B: "SCARD_E_DUPLICATE_READER"
        case 0x8010_001C: "SCARD_E_CARD_UNSUPPORTED"
        case 0x8010_001D: "SCARD_E_NO_SERVICE"
        case 0x8010_001E: "SCARD_E_SERVICE_STOPPED"
        case 0x8010_001F: Self.isOfPCSCLite ? "SCARD_E_UNSUPPORTED_FEATURE" : "SCARD_E_UNEXPECTED"
        case 0x8010_0020: "SCARD_E_ICC_INSTALLATION"
        case 0x8010_0021: "SCARD_E_ICC_CREATEORDER"
        case 0x8010_0022: "SCARD_E_UNSUPPORTED_FEATURE"
        case 0x8010_0023: "SCARD_E_DIR_NOT_FOUND"
        case 0x8010_0024: "SCARD_E_FILE_NOT_FOUND"
        case 0x8010_0025: "SCARD_E_NO_DIR"
        case 0x8010_0026: "SCARD_E_NO_FILE"
        case 0x8010_0027: "SCARD_E_NO_ACCESS"
        case 0x8010_0028: "SCARD_E_WRITE_TOO_MANY"
        case 0x8010_0029: "SCARD_E_BAD_SEEK"
        case 0x8010_002A: "SCARD_E_INVALID_CHV"
        case 0x8010_002B: "SCARD_E_UNKNOWN_RES_MNG"
        case 0x8010_002C: "SCARD_E_NO_SUCH_CERTIFICATE"
        case 0x8010_002D: "SCARD_E_CERTIFICATE_UNAVAILABLE"
        case 0x8010_002E: "SCARD_E_NO_READERS_AVAILABLE"
        case 0x8010_002F: "SCARD_E_COMM_DATA_LOST"
        case 0x8010_0030: "SCARD_E_NO_KEY_CONTAINER"
        case 0x8010_0031: "SCARD_E_SERVER_TOO_BUSY"
        case 0x8010_0065: "SCARD_W_UNSUPPORTED_CARD"
        case 0x8010_0066: "SCARD_W_UNRESPONSIVE_CARD"
        case 0x8010_0067: "SCARD_W_UNPOWERED_CARD"
        case 0x8010_0068: "SCARD_W_RESET_CARD"
        case 0x8010_0069: "SCARD_W_REMOVED_CARD"
        case 0x8010_006A: "SCARD_W_SECURITY_VIOLATION"
        case 0x8010_006B: "SCARD_W_WRONG_CHV"
        case 0x8010_006C: "SCARD_W_CHV_BLOCKED"
        case 0x8010_006D: "SCARD_W_EOF"
        case 0x8010_006E: "SCARD_W_CANCELLED_BY_USER"
        case 0x8010_006F: "SCARD_W_CARD_NOT_AUTHENTICATED"
        default: nil
        }
    }

    #if os(Linux)
    private static let isOfPCSCLite = true
    #else
    private static let isOfPCSCLite = false
    #endif
}
