/// How a PIN is typed: the common part of verification and modification (PC/SC specification, part 10, 2.5.2 and
/// 2.5.3).
public struct PINEntry: Sendable, Hashable {
    /// What completes the entry.
    public struct Validation: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// The maximum number of digits.
        public static let maxLength = Validation(rawValue: 0x01)
        /// The validation key.
        public static let key = Validation(rawValue: 0x02)
        /// The timeout.
        public static let timeout = Validation(rawValue: 0x04)
    }

    /// How digits are inserted into the command.
    public var format: PINFormat
    /// Minimum and maximum number of digits.
    public var digits: ClosedRange<UInt8>
    /// Timeout before the first key, in seconds; 0 for the reader's default.
    public var timeout: UInt8
    /// Timeout after the first key, in seconds; 0 for the reader's default.
    public var timeoutAfterFirstKey: UInt8
    /// What completes the entry.
    public var validation: Validation
    /// The language of the reader's texts, as a Windows language ID: 0x0409 is English (USA), 0x0407 German.
    public var language: UInt16
    /// The T=1 block prologue of the command, for a reader with TPDU exchange level; else zeros.
    public var prologue: (UInt8, UInt8, UInt8) {
        get { (prologueBytes[0], prologueBytes[1], prologueBytes[2]) }
        set { prologueBytes = [newValue.0, newValue.1, newValue.2] }
    }
    private var prologueBytes: [UInt8] = [0, 0, 0]

    public init(
        _ format: PINFormat, digits: ClosedRange<UInt8>, timeout: UInt8 = 0, timeoutAfterFirstKey: UInt8 = 0,
        validation: Validation = .key, language: UInt16 = 0x0409
    ) {
        self.format = format
        self.digits = digits
        self.timeout = timeout
        self.timeoutAfterFirstKey = timeoutAfterFirstKey
        self.validation = validation
        self.language = language
    }

    /// bTimerOut, bTimerOut2 and the format.
    var head: [UInt8] { [timeout, timeoutAfterFirstKey] + format.bytes }
    /// wPINMaxExtraDigit: the maximum in the low byte, which pcsc-lite has first.
    var extraDigit: [UInt8] { [digits.upperBound, digits.lowerBound] }
    /// wLangId.
    var languageBytes: [UInt8] { [UInt8(language & 0xFF), UInt8(language >> 8)] }

    /// bTeoPrologue, ulDataLength and abData.
    func tail(_ command: [UInt8]) -> [UInt8] {
        let count = UInt32(command.count)
        return prologueBytes + (0..<4).map { UInt8(count >> (8 * $0) & 0xFF) } + command
    }
}
