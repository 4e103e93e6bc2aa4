import ISO7816

/// The card's side of T=1 (ISO/IEC 7816-3, 11). It never starts an exchange, and never gives up: that is up to the
/// reader.
public struct T1Card: TransmissionEngine, Sendable {
    private let parameters: TransmissionParameters
    private let check: AnswerToReset.BlockCheck
    private let fieldSize: Int
    private let announcedFieldSize: UInt8?
    private let maxCommandLength: Int
    private var receiver: T1BlockReceiver
    private var nodeAddress: UInt8 = 0
    /// The node address pair of this card: that of the first block; nil before it.
    private var pair: UInt8?
    private var sendNumber: UInt8 = 0
    private var receiveNumber: UInt8 = 0
    /// IFSD: the maximum INF that the reader accepts.
    private var readerFieldSize = 32
    private var gathered: [UInt8] = []
    private var command: [UInt8]?
    private var answer: T1Chain?
    /// N(S) of the answer's outstanding I-block.
    private var outNumber: UInt8?
    private var isWorking = false
    private var hasAnnounced = false
    private var request: (T1Block.Supervision, [UInt8])?
    private let extensionWanted: UInt8 = 1
    private var outgoing: [UInt8] = []
    private var workDeadline: Int?

    /// - Parameters:
    ///   - parameters: the result of answer to reset and PPS.
    ///   - announcedFieldSize: an IFSC announced after the reader's first block; nil for that of the answer to reset.
    ///   - maxCommandLength: maximum number of bytes of a command; a longer chain is aborted.
    public init(
        _ parameters: TransmissionParameters, announcedFieldSize: UInt8? = nil, maxCommandLength: Int = 65_544
    ) {
        self.parameters = parameters
        check = parameters.answerToReset.blockCheck
        fieldSize = max(T1Reader.fieldSize(parameters), Int(announcedFieldSize ?? 0))
        self.announcedFieldSize = announcedFieldSize
        self.maxCommandLength = maxCommandLength
        receiver = T1BlockReceiver(parameters)
    }

    /// Returns a complete command, once. ``answer(_:at:)`` is due then; until it is called, the card requests waiting
    /// time extensions.
    public mutating func dequeueCommand() -> [UInt8]? {
        defer { command = nil }
        return command
    }

    /// Answers the command.
    public mutating func answer(_ response: [UInt8], at now: Int) {
        guard isWorking else { return }
        isWorking = false
        workDeadline = nil
        answer = T1Chain(response)
        // An outstanding WTX request must be answered first.
        if request == nil { sendNext() }
    }

    public var deadline: Int? { receiver.deadline ?? workDeadline }
    public var hasOutgoing: Bool { !outgoing.isEmpty }

    public mutating func dequeueOutgoing() -> [UInt8] {
        defer { outgoing = [] }
        return outgoing
    }

    public mutating func sent(edge: Int) {}

    public mutating func received(_ byte: UInt8?, edge: Int) {
        guard outgoing.isEmpty else { return }
        receiver.receive(byte, edge: edge)
    }

    public mutating func timeReached(_ now: Int) {
        guard receiver.isReceiving else {
            workDeadline = nil
            return ask(.waitingTimeExtension, [extensionWanted])
        }
        switch receiver.finish(limit: fieldSize) {
        case .invalid(let fault): failed(fault)
        case .block(let block):
            // Bits 8 and 4 once controlled the programming voltage, and must be zero.
            guard block.nodeAddress & 0x88 == 0 else { return failed(.other) }
            // Another pair would need its own sequence numbers, which this card does not have. A reader that
            // resynchronizes may choose another pair.
            if block.kind == .request(.resynchronize) { pair = nil }
            guard pair == nil || pair == block.nodeAddress else { return failed(.other) }
            pair = block.nodeAddress
            nodeAddress = block.nodeAddress << 4 | block.nodeAddress >> 4
            receive(block, at: now)
        }
    }

    private mutating func receive(_ block: T1Block, at now: Int) {
        switch block.kind {
        case .request(.resynchronize) where block.information.isEmpty: begin()
        case .request(.informationFieldSize)
        where block.information.count == 1 && (1...254).contains(block.information[0]):
            readerFieldSize = Int(block.information[0])
            send(.response(.informationFieldSize), block.information)
        case .request(.abort) where block.information.isEmpty:
            (gathered, answer, outNumber, request) = ([], nil, nil, nil)
            send(.response(.abort))
        case .response(let given):
            guard let asked = request, asked.0 == given, asked.1 == block.information else { return failed(.other) }
            request = nil
            responded(given, block.information, at: now)
        case .information(let number, let more) where request == nil && number == receiveNumber && !isWorking:
            dequeueInformation(block.information, more: more, at: now)
        case .ready(let number, _) where request == nil: dequeueReady(number)
        default: failed(.other)
        }
    }

    private mutating func begin() {
        (sendNumber, receiveNumber, readerFieldSize) = (0, 0, 32)
        (gathered, command, answer, outNumber, request) = ([], nil, nil, nil, nil)
        (isWorking, workDeadline, hasAnnounced) = (false, nil, false)
        send(.response(.resynchronize))
    }

    private mutating func dequeueInformation(_ information: [UInt8], more: Bool, at now: Int) {
        receiveNumber ^= 1
        (answer, outNumber) = (nil, nil)
        gathered += information
        if gathered.count > maxCommandLength {
            gathered = []
            // Without more blocks there is no chain to abort.
            return more ? ask(.abort) : reply(StatusWord.wrongLength.bytes)
        }
        if more {
            if announce() { return }
            return send(.ready(receiveNumber, .none))
        }
        command = gathered
        gathered = []
        isWorking = true
        if announce() { return }
        work(from: now, 1)
    }

    private mutating func reply(_ status: [UInt8]) {
        answer = T1Chain(status)
        sendNext()
    }

    private mutating func announce() -> Bool {
        guard let size = announcedFieldSize, !hasAnnounced else { return false }
        hasAnnounced = true
        ask(.informationFieldSize, [size])
        return true
    }

    private mutating func responded(_ given: T1Block.Supervision, _ information: [UInt8], at now: Int) {
        switch given {
        case .abort: send(.ready(receiveNumber, .none))
        case .waitingTimeExtension where isWorking: work(from: now, Int(information.first ?? 1))
        case .informationFieldSize where isWorking: work(from: now, 1)
        case .waitingTimeExtension, .informationFieldSize, .resynchronize:
            if answer != nil { sendNext() } else { send(.ready(receiveNumber, .none)) }
        }
    }

    private mutating func dequeueReady(_ number: UInt8) {
        if isWorking {
            workDeadline = nil
            ask(.waitingTimeExtension, [extensionWanted])
        } else if let answer, let outNumber, number == outNumber {
            send(.information(outNumber, more: answer.hasMore), answer.repeated)
        } else if let answer, outNumber != nil, answer.hasMore {
            sendNext()
        } else {
            send(.ready(receiveNumber, .none))
        }
    }

    private mutating func failed(_ fault: T1Block.Fault) {
        if let (asked, information) = request { return send(.request(asked), information) }
        workDeadline = nil
        if isWorking { return ask(.waitingTimeExtension, [extensionWanted]) }
        send(.ready(receiveNumber, fault))
    }

    private mutating func sendNext() {
        guard var chain = answer else { return }
        answer = nil
        let information = chain.next(readerFieldSize)
        outNumber = sendNumber
        send(.information(sendNumber, more: chain.hasMore), information)
        sendNumber ^= 1
        answer = chain
    }

    private mutating func ask(_ supervision: T1Block.Supervision, _ information: [UInt8] = []) {
        request = (supervision, information)
        send(.request(supervision), information)
    }

    /// The card may use half of the waiting time; then it requests more.
    private mutating func work(from now: Int, _ times: Int) {
        workDeadline = now + parameters.blockWaitingTime * times / 2
    }

    private mutating func send(_ kind: T1Block.Kind, _ information: some Collection<UInt8> = EmptyCollection<UInt8>()) {
        outgoing = T1Block(kind, information: information, nodeAddress: nodeAddress).bytes(check)
    }
}
