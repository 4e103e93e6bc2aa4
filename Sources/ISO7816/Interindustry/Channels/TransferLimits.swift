/// How much one command can carry to a card and bring back.
public struct TransferLimits: Sendable, Hashable {
    /// The most bytes of data in one command, Nc.
    public let commandData: Int
    /// The most bytes of data in one answer, Ne.
    public let answerData: Int
    /// Whether Lc and Le may be of the extended form.
    public let takesExtendedLengths: Bool
    /// Whether commands may be chained.
    public let chainsCommands: Bool

    /// - Parameters:
    ///   - commandData: 1 to 65,535; above 255 it counts only where lengths may be extended.
    ///   - answerData: 1 to 65,536; above 256 it counts only where lengths may be extended.
    ///   - takesExtendedLengths: whether Lc and Le may be of the extended form.
    ///   - chainsCommands: whether commands may be chained.
    public init(
        commandData: Int = 65_535, answerData: Int = 65_536, takesExtendedLengths: Bool = false,
        chainsCommands: Bool = false
    ) {
        self.commandData = min(max(commandData, 1), takesExtendedLengths ? 65_535 : 255)
        self.answerData = min(max(answerData, 1), takesExtendedLengths ? 65_536 : 256)
        self.takesExtendedLengths = takesExtendedLengths
        self.chainsCommands = chainsCommands
    }

    /// What a card says of itself: in the card capabilities of its historical bytes or EF.ATR, and in the extended
    /// length information of EF.ATR/INFO.
    ///
    /// What a card does not say is taken as no. Extended lengths with no information go up to the greatest that there
    /// are; a card that cannot take so much should have said so (ISO/IEC 7816-4, 12.7.1).
    public init(_ capabilities: CardCapabilities?, _ lengths: ExtendedLengthInformation? = nil) {
        let isExtended = capabilities?.takesExtendedLengths ?? false
        self.init(
            commandData: lengths?.commandData ?? 65_535, answerData: lengths?.answerData ?? 65_536,
            takesExtendedLengths: isExtended, chainsCommands: capabilities?.chainsCommands ?? false)
    }

    /// 255 and 256 bytes, nothing chained: what every card can do.
    public static let short = TransferLimits()
}

/// How long the APDUs may be that a card takes and gives (data object 7F66 of EF.ATR/INFO; ISO/IEC 7816-4, 12.7.1).
public struct ExtendedLengthInformation: Sendable, Hashable {
    /// The most bytes of a whole command APDU.
    public let command: Int
    /// The most bytes of a whole response APDU.
    public let response: Int

    public init(command: Int, response: Int) {
        self.command = command
        self.response = response
    }

    /// Looks for it in the content of EF.ATR/INFO; nil where it is not there, or not as it should be.
    ///
    /// - Parameter objects: the file's data objects.
    public init?(_ objects: [TLV]) {
        guard let information = objects.first(where: { $0.tag == 0x7F66 }) else { return nil }
        let numbers = information.children.filter { $0.tag == 0x02 }.map(\.value)
        guard numbers.count == 2, numbers.allSatisfy({ (1...4).contains($0.count) }) else { return nil }
        let lengths = numbers.map { $0.reduce(0) { $0 << 8 | Int($1) } }
        self.init(command: lengths[0], response: lengths[1])
    }

    /// The most bytes of data that a command of the extended form can then have: less header, Lc and Le.
    public var commandData: Int { max(command - 9, 1) }
    /// The most bytes of data that an answer can then have: less the status word.
    public var answerData: Int { max(response - 2, 1) }
}
