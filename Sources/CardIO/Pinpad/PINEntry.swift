/// How a PIN is typed: what verification and modification have in common (PC/SC specification, part 10, 2.5.2 and 2.5.3).
public struct PINEntry: Sendable, Hashable {
    /// What ends the typing.
    public struct Validation: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// As many digits as there can be.
        public static let greatestLength = Validation(rawValue: 0x01)
        /// The key for that.
        public static let key = Validation(rawValue: 0x02)
        /// The time for typing is over.
        public static let timeout = Validation(rawValue: 0x04)
    }

    /// How digits get into the command.
    public var format: PINFormat
    /// How many digits a PIN has, at least and at most.
    public var digits: ClosedRange<UInt8>
    /// Seconds until the first key; 0 for the reader's own time.
    public var timeout: UInt8
    /// Seconds after the first key; 0 for the reader's own time.
    public var timeoutAfterFirstKey: UInt8
    /// What ends the typing.
    public var validation: Validation
    /// The language of the reader's texts, as Windows numbers them: 0x0409 is English (USA), 0x0407 German.
    public var language: UInt16
    /// The header of the block by which a reader that works in TPDUs sends the command with T=1; else zeros.
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
    /// wPINMaxExtraDigit: the most digits in the low half, which pcsc-lite takes first.
    var extraDigit: [UInt8] { [digits.upperBound, digits.lowerBound] }
    /// wLangId.
    var languageBytes: [UInt8] { [UInt8(language & 0xFF), UInt8(language >> 8)] }

    /// bTeoPrologue, ulDataLength and abData.
    func tail(_ command: [UInt8]) -> [UInt8] {
        let count = UInt32(command.count)
        return prologueBytes + (0..<4).map { UInt8(count >> (8 * $0) & 0xFF) } + command
    }
}
