extension StatusWord {
    /// The category of a status word (ISO/IEC 7816-4, table 5).
    public enum Category: String, Sendable, Hashable, CaseIterable {
        /// 9000 and 61xx: command executed.
        case normal
        /// 62xx and 63xx: executed, with a warning.
        case warning
        /// 64xx to 66xx: not executed, or only in part.
        case executionError = "execution error"
        /// 67xx to 6Fxx: not started.
        case checkingError = "checking error"
        /// 90xx except 9000, and 91xx to 9Fxx: defined by the application.
        case proprietary
        /// 60xx, and every value whose first digit is neither 6 nor 9.
        case invalid
    }

    /// The category of the status word.
    public var category: Category {
        switch (sw1, sw2) {
        case (0x90, 0x00), (0x61, _): .normal
        case (0x62...0x63, _): .warning
        case (0x64...0x66, _): .executionError
        case (0x67...0x6F, _): .checkingError
        case (0x90...0x9F, _): .proprietary
        default: .invalid
        }
    }

    /// Tries left: 0 to 15 for `63Cx`, nil for any other status.
    public var triesLeft: Int? { rawValue & 0xFFF0 == 0x63C0 ? Int(rawValue & 0x0F) : nil }

    /// How many bytes the card asks the terminal to send to it or fetch from it: 2 to 128 for `62xx` (state unchanged)
    /// and `64xx` (abort), nil for any other status (ISO/IEC 7816-4, 8.6.1 "triggering by the card").
    public var triggeringLength: Int? {
        (sw1 == 0x62 || sw1 == 0x64) && (0x02...0x80).contains(sw2) ? Int(sw2) : nil
    }
}
