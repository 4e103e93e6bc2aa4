/// How much data one command can carry to a card and back.
public struct TransferLimits: Sendable, Hashable {
    /// Maximum number of data bytes in one command, Nc.
    public let commandData: Int
    /// Maximum number of data bytes in one answer, Ne.
    public let answerData: Int
    /// Whether Lc and Le may be extended.
    public let supportsExtendedLengths: Bool
    /// Whether commands may be chained.
    public let supportsCommandChaining: Bool

    /// - Parameters:
    ///   - commandData: 1 to 65,535; above 255 only effective where lengths may be extended.
    ///   - answerData: 1 to 65,536; above 256 only effective where lengths may be extended.
    ///   - supportsExtendedLengths: whether Lc and Le may be extended.
    ///   - supportsCommandChaining: whether commands may be chained.
    public init(
        commandData: Int = 65_535, answerData: Int = 65_536, supportsExtendedLengths: Bool = false,
        supportsCommandChaining: Bool = false
    ) {
        self.commandData = min(max(commandData, 1), supportsExtendedLengths ? 65_535 : 255)
        self.answerData = min(max(answerData, 1), supportsExtendedLengths ? 65_536 : 256)
        self.supportsExtendedLengths = supportsExtendedLengths
        self.supportsCommandChaining = supportsCommandChaining
    }

    /// What a card says about itself: in the card capabilities of its historical bytes or EF.ATR, and in the extended
    /// length information of EF.ATR/INFO.
    ///
    /// Anything that a card does not say is taken as no. Extended lengths without length information mean the maximum;
    /// a card that accepts less should have said so (ISO/IEC 7816-4, 12.7.1).
    public init(_ capabilities: CardCapabilities?, _ lengths: ExtendedLengthInformation? = nil) {
        let isExtended = capabilities?.supportsExtendedLengths ?? false
        self.init(
            commandData: lengths?.commandData ?? 65_535, answerData: lengths?.answerData ?? 65_536,
            supportsExtendedLengths: isExtended, supportsCommandChaining: capabilities?.supportsCommandChaining ?? false
        )
    }

    /// 255 and 256 bytes, no chaining: supported by every card.
    public static let short = TransferLimits()
}

/// The maximum APDU lengths of a card (data object 7F66 of EF.ATR/INFO; ISO/IEC 7816-4, 12.7.1).
public struct ExtendedLengthInformation: Sendable, Hashable {
    /// Maximum length of a whole command APDU, in bytes.
    public let command: Int
    /// Maximum length of a whole response APDU, in bytes.
    public let response: Int

    public init(command: Int, response: Int) {
        self.command = command
        self.response = response
    }

    /// Finds it in the content of EF.ATR/INFO; nil where it is missing or malformed.
    ///
    /// - Parameter objects: the file's data objects.
    public init?(_ objects: [TLV]) {
        guard let information = objects.first(where: { $0.tag == 0x7F66 }) else { return nil }
        let numbers = information.children.filter { $0.tag == 0x02 }.map(\.value)
        guard numbers.count == 2, numbers.allSatisfy({ (1...4).contains($0.count) }) else { return nil }
        let lengths = numbers.map { $0.reduce(0) { $0 << 8 | Int($1) } }
        self.init(command: lengths[0], response: lengths[1])
    }

    /// Maximum number of data bytes of an extended command: less header, Lc and Le.
    public var commandData: Int { max(command - 9, 1) }
    /// Maximum number of data bytes of an answer: less the status word.
    public var answerData: Int { max(response - 2, 1) }
}
