import ISO7816

/// The reader's side of T=1 (ISO/IEC 7816-3, 11).
///
/// A command reaches the card once: a retransmission has the sequence number of the first, and where the numbers are
/// lost by a resynchronization after the whole command was sent, the exchange ends with an error.
public struct T1Reader: TransmissionEngine, Sendable {
    enum Waiting: Sendable, Equatable {
        /// Waits for an I-block, an R-block or a request.
        case answer
        /// Waits for the response to our request with this information.
        case response(T1Block.Supervision, [UInt8])
    }

    let settings: T1Settings
    let parameters: TransmissionParameters
    let check: AnswerToReset.BlockCheck
    var receiver: T1BlockReceiver
    /// N(S) of the next I-block, and of the card's next.
    var sendNumber: UInt8 = 0
    var receiveNumber: UInt8 = 0
    /// IFSC: the maximum INF that the card accepts.
    var cardFieldSize: Int
    /// IFSD: the maximum INF that the card may send.
    var readerFieldSize = 32
    var command: T1Chain?
    /// Whether the whole command was sent, and whether the card has started to answer.
    var isCommandSent = false
    var isAnswered = false
    var isAborted = false
    /// Whether the next block of a chain is to be a request to abort it.
    var isAbortRequested = false
    var answer: [UInt8] = []
    var waiting: Waiting?
    var attempts = 0
    var resynchronizations = 0
    /// Whether any block arrived without an error; before that a card is mute rather than out of sync.
    var hasReceivedBlock = false
    var began = 0
    var timesWaiting = 1
    var subject = "T=1"
    var outgoing: [UInt8] = []
    var blockDeadline: Int?
    var result: Result<[UInt8], TransmissionError>?
    /// After a failure that only a reset can recover.
    public internal(set) var isLost = false

    public init(_ parameters: TransmissionParameters, settings: T1Settings = T1Settings()) {
        self.settings = settings
        self.parameters = parameters
        check = parameters.answerToReset.blockCheck
        receiver = T1BlockReceiver(parameters)
        cardFieldSize = Self.fieldSize(parameters)
    }

    static func fieldSize(_ parameters: TransmissionParameters) -> Int {
        min(max(Int(parameters.answerToReset.informationFieldSize), 1), 254)
    }

    /// Returns the outcome of a command, once: data and status word.
    public mutating func dequeueResult() -> Result<[UInt8], TransmissionError>? {
        defer { result = nil }
        return result
    }

    /// Starts a command.
    public mutating func exchange(_ bytes: [UInt8], at now: Int) {
        let name = bytes.prefix(4).map { String($0 >> 4, radix: 16) + String($0 & 0x0F, radix: 16) }.joined()
        subject = "T=1 command \(name.uppercased())"
        began = now
        command = T1Chain(bytes)
        guard !isLost else { return end(.notReady) }
        guard settings.hasUsableNodes else { return end(.nodeAddress) }
        (isCommandSent, isAnswered, isAborted, isAbortRequested, answer) = (false, false, false, false, [])
        (attempts, resynchronizations, timesWaiting) = (0, 0, 1)
        if let size = settings.informationFieldSize, readerFieldSize != Int(size) {
            ask(.informationFieldSize, [size])
        } else {
            sendNext()
        }
    }

    /// Aborts the current chain, of the command or of its answer, as soon as the card has answered the outstanding
    /// block. The exchange then fails with `.aborted`. Does nothing once the last block was sent or received.
    public mutating func abort() { isAbortRequested = waiting != nil }

    public var deadline: Int? { receiver.deadline ?? blockDeadline }
    public var hasOutgoing: Bool { !outgoing.isEmpty }

    public mutating func dequeueOutgoing() -> [UInt8] {
        defer { outgoing = [] }
        return outgoing
    }

    public mutating func sent(edge: Int) {
        guard waiting != nil else { return }
        blockDeadline = edge + parameters.blockWaitingTime * timesWaiting + parameters.unit.periods(10)
        timesWaiting = 1
    }

    public mutating func received(_ byte: UInt8?, edge: Int) {
        // Characters received when none are expected, or while sending, are noise.
        guard waiting != nil, outgoing.isEmpty, blockDeadline != nil || receiver.isReceiving else { return }
        blockDeadline = nil
        receiver.receive(byte, edge: edge)
    }

    public mutating func timeReached(_ now: Int) {
        guard receiver.isReceiving else {
            guard blockDeadline != nil else { return }
            blockDeadline = nil
            return failed(.other)
        }
        switch receiver.finish(limit: readerFieldSize) {
        case .invalid(let fault): failed(fault)
        case .block(let block):
            guard block.nodeAddress == settings.answeringAddress else { return failed(.other) }
            if now - began > settings.timeout { return lose(.timeout) }
            receive(block)
        }
    }

    mutating func send(_ kind: T1Block.Kind, _ information: some Collection<UInt8> = EmptyCollection<UInt8>()) {
        outgoing = T1Block(kind, information: information, nodeAddress: settings.nodeAddress).bytes(check)
    }

    /// Sends the next I-block of the command.
    mutating func sendNext() {
        guard var chain = command else { return }
        command = nil
        let information = chain.next(cardFieldSize)
        isCommandSent = !chain.hasMore
        waiting = .answer
        send(.information(sendNumber, more: chain.hasMore), information)
        command = chain
    }

    /// Resends the outstanding I-block unchanged.
    mutating func sendAgain() {
        guard let command else { return }
        send(.information(sendNumber, more: command.hasMore), command.repeated)
    }

    mutating func ask(_ supervision: T1Block.Supervision, _ information: [UInt8] = []) {
        waiting = .response(supervision, information)
        send(.request(supervision), information)
    }

    mutating func end(_ code: TransmissionError.Code, _ detail: String = "") {
        finish(.failure(TransmissionError(code, subject: subject, detail: detail)))
    }

    /// Ends with a failure that only a reset can recover.
    mutating func lose(_ code: TransmissionError.Code) {
        isLost = true
        end(code)
    }

    mutating func finish(_ result: Result<[UInt8], TransmissionError>) {
        self.result = result
        command = nil
        waiting = nil
        blockDeadline = nil
        outgoing = []
        receiver.clear()
    }
}
