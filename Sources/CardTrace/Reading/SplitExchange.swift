import ISO7816

/// Joins what the protocol T=0 parts (ISO/IEC 7816-3, 10.3): a header of five bytes, then the command's data, or the
/// answer's, then the status word, each on a line of its own. Procedure bytes may stand between them.
///
/// The same holds for a command whose header and data were written on two lines, in whatever form.
struct SplitExchange: Sendable {
    /// What a line is.
    enum Piece {
        /// Nothing to be joined.
        case whole
        /// A part that is kept until the rest comes.
        case part
        /// Data of the command before it, which now has these bytes; `isSure` where their number is that announced.
        case command([UInt8], isSure: Bool)
        /// The answer to a command that now has these bytes.
        case answerAfter(command: [UInt8], isSure: Bool)
        /// The last part of this answer.
        case answer([UInt8])
        /// Data without a status word.
        case lost
    }

    /// A command that has no data yet.
    private var header: [UInt8] = []
    /// Data that came after it.
    private var data: [UInt8] = []
    /// Where the data are the answer's, or where it is the next line that decides.
    private var (isAnswer, isOpen) = (false, false)

    /// Whether parts are kept.
    var isWaiting: Bool { !data.isEmpty }

    /// Begins with a command. One that carries a secret is looked at until all of its data are there.
    mutating func begin(_ command: [UInt8]) {
        self = SplitExchange()
        header = command
        let isHeader = command.count == 4 || command.count == 5 || command.count == 7 && command[4] == 0
        if !isHeader, command.count < 4 || !carriesSecret || SecretCommands.isComplete(command) { header = [] }
    }

    /// What a line is after the lines so far.
    ///
    /// - Parameter isFromCard: nil where it is not marked.
    mutating func next(_ bytes: [UInt8], isFromCard: Bool?, _ form: APDUForm) -> Piece {
        guard header.count >= 4, !bytes.isEmpty else { return .whole }
        let isStatus = bytes.count == 2 && (isFromCard ?? form.canAnswer)
        if isStatus, isWaiting { return close(with: bytes) }
        if data.isEmpty, header.count == 5, bytes.count == 1, isProcedure(bytes[0]) { return .part }
        if isAnswer { return .whole }
        let isUsual = form.canCommand && form.againstCommand <= 0
        if isFromCard == true || header.count == 5 && sendsData(bytes) {
            guard data.isEmpty, header.count == 5, !form.canAnswer, bytes.count == announced,
                isFromCard == true || !isUsual
            else { return .whole }
            (data, isAnswer) = (bytes, true)
            return .part
        }
        return commandData(bytes, form, isUsual)
    }

    private mutating func commandData(_ bytes: [UInt8], _ form: APDUForm, _ isUsual: Bool) -> Piece {
        let isSecret = carriesSecret
        let count = data.count + bytes.count
        if announced > 0, count == announced || count == announced + 1 && bytes.last == 0 && !form.canAnswer {
            guard isSecret || !isUsual || !data.isEmpty || takesData else { return .whole }
            guard bytes.count == 2, form.canAnswer, data.isEmpty, !isSecret else { return join(bytes, isSure: true) }
            // A file identifier can look like a status word.
            (data, isOpen) = (bytes, true)
            return .part
        }
        if form.canAnswer, bytes.count == 2 || !isSecret || announced == 0 { return .whole }
        if announced > count, !isUsual || isSecret, takesData || isSecret {
            data += bytes
            return .part
        }
        guard isSecret, !isUsual || header.count == 4 && bytes.count == 4 else { return .whole }
        return join(bytes, isSure: false)
    }

    /// The parts that nothing followed; nil where there are none.
    mutating func takeRest() -> Piece? {
        guard isWaiting else { return nil }
        guard isOpen || isAnswer else { return join([], isSure: false) }
        defer { self = SplitExchange() }
        return isOpen ? .answer(data) : .lost
    }

    private mutating func close(with status: [UInt8]) -> Piece {
        defer { self = SplitExchange() }
        return isAnswer ? .answer(data + status) : .answerAfter(command: header + data, isSure: isOpen)
    }

    private mutating func join(_ bytes: [UInt8], isSure: Bool) -> Piece {
        let command = header + data + bytes
        if isSure { self = SplitExchange() } else { begin(command) }
        return .command(command, isSure: isSure)
    }

    // MARK: The header

    /// How many bytes of data the header announces that are not in it; 0 where it has no length.
    private var announced: Int {
        guard header.count > 4 else { return 0 }
        guard header[4] == 0, header.count >= 7 else { return max(0, Int(header[4]) - (header.count - 5)) }
        return max(0, (Int(header[5]) << 8 | Int(header[6])) - (header.count - 7))
    }

    /// Whether the data of such a command may be a PIN or a key.
    private var carriesSecret: Bool { SecretCommands.mayCarrySecret(header: header) }

    /// The instruction, its complement, or 60 (ISO/IEC 7816-3, 10.3.3).
    private func isProcedure(_ byte: UInt8) -> Bool { byte == header[1] || byte == ~header[1] || byte == 0x60 }

    /// Instructions whose data the card receives (ISO/IEC 7816-4, -8 and -9, ETSI TS 102 221, GlobalPlatform).
    private static let receiving: Set<UInt8> = [
        0x10, 0x14, 0x22, 0x2A, 0x50, 0x82, 0x86, 0x87, 0x88, 0x89, 0xA2, 0xA4, 0xA8, 0xAE, 0xCB, 0xD0, 0xD1, 0xD2,
        0xD6,
        0xD7, 0xDA, 0xDB, 0xDC, 0xDD, 0xE0, 0xE4, 0xE6, 0xE8,
    ]

    private var takesData: Bool { Self.receiving.contains(header[1]) || carriesSecret }

    /// READ BINARY, READ RECORD, GET CHALLENGE, GET RESPONSE, GET DATA, FETCH and the like.
    private static let sending: Set<UInt8> = [0x12, 0x84, 0xB0, 0xB1, 0xB2, 0xB3, 0xC0, 0xCA, 0xCC, 0xCD]

    /// Whether the data after the header are the card's. GET STATUS receives a list of tags, STATUS does not.
    private func sendsData(_ bytes: [UInt8]) -> Bool {
        Self.sending.contains(header[1]) || header[1] == 0xF2 && bytes.first != 0x4F && bytes.first != 0x5C
    }
}
