/// One logical device at the meter's end of a line: it answers when it is asked (ISO/IEC 13239, 6.11; IEC 62056-46, 6.4.4).
///
/// A command APDU that has arrived whole is dequeued with ``dequeueCommand()``, and answered with ``answer(_:to:at:)``. Until
/// then the other end is told that the answer is not ready.
public struct HDLCSecondary: Sendable {
    /// A command that has arrived, and the connection on which it has.
    public struct Command: Sendable, Hashable {
        public let bytes: [UInt8]
        let connection: UInt32
    }

    private struct Connection: Sendable {
        let client: UInt8
        var transfer: HDLCTransfer
        var rejection: HDLCRejection?
        var isPeerBusy = false
        var hasRefused = false
    }

    public let device: HDLCDevice
    /// Whether it takes a connection. Without, as where no card is in the slot, it answers DM.
    public private(set) var isAvailable = true
    private let timing: HDLCTiming
    private let offered: HDLCParameters
    private let maxMessage: Int
    private let answersLate: Bool
    /// Lengths that are not to be chosen; for measurements.
    package var fixedLength: Int?
    package var fixedWindow: Int?

    private var connection: Connection?
    private var connectionCount: UInt32 = 0
    private var estimate = HDLCErrorEstimate()
    private var arrived: [UInt8]?
    private var isProcessing = false
    private var output: [HDLCFrame] = []
    /// When the last frame of an unfinished answer has left.
    private var lineFree: Duration?
    /// Its turn: when it was asked, and as whom.
    private var turn: (asked: Duration, frame: HDLCFrame)?

    /// - Parameters:
    ///   - device: which logical device.
    ///   - timing: of the line.
    ///   - offered: the longest fields and windows that it can take and will send.
    ///   - maxMessage: the longest command that it takes.
    ///   - answersLate: whether it answers however late it is. On a line with a clock, who is late is silent: the other end has
    ///     ended its wait, and asks again.
    public init(
        _ device: HDLCDevice, timing: HDLCTiming, offered: HDLCParameters = .offered, maxMessage: Int = 65_544,
        answersLate: Bool = false
    ) {
        self.device = device
        self.timing = timing
        self.offered = offered
        self.maxMessage = maxMessage
        self.answersLate = answersLate
    }

    /// The client of its connection; nil while there is none.
    public var client: UInt8? { connection?.client }
    /// The maximum lengths and windows of the connection; nil while there is none.
    public var parameters: HDLCParameters? { connection?.transfer.parameters }
    /// Whether a command is there to be dequeued.
    public var hasCommand: Bool { arrived != nil }
    /// Whether there are frames to send.
    var hasOutput: Bool { !output.isEmpty }
    /// Whether a command was dequeued and not answered.
    public var isAnswering: Bool { isProcessing }

    // MARK: The meter's side

    /// Dequeues a command that has arrived.
    public mutating func dequeueCommand() -> Command? {
        guard let bytes = arrived else { return nil }
        arrived = nil
        return Command(bytes: bytes, connection: connectionCount)
    }

    /// Answers a command. An answer for a connection that has ended is dropped.
    ///
    /// - Parameters:
    ///   - response: the response; nil if the element gave none.
    ///   - command: as dequeued.
    ///   - now: the time since any fixed moment.
    public mutating func answer(_ response: [UInt8]?, to command: Command, at now: Duration) {
        guard isProcessing, command.connection == connectionCount else { return }
        isProcessing = false
        let fits = response.map { $0.count <= maxMessage } ?? false
        connection?.transfer.start(fits ? response ?? [] : [])
        if let turn, isTooLate(turn.asked, now) { self.turn = nil }
        takeTurn(at: now)
    }

    /// Makes it take connections, or take none: what there is ends.
    public mutating func setAvailable(_ isAvailable: Bool, at now: Duration) {
        guard self.isAvailable != isAvailable else { return }
        self.isAvailable = isAvailable
        guard !isAvailable, let transfer = connection?.transfer else { return }
        if let asked = turn, isProcessing {
            // DM would mean that the command has not arrived.
            reply(.receiveReady(transfer.receiveNumber), to: asked.frame)
            turn = nil
        }
        endConnection()
    }

    // MARK: Time and frames

    /// When ``advance(to:)`` next has something to do; nil while it is not its turn.
    public var wake: Duration? { turn.map { $0.asked + timing.answerLimit / 2 } }

    /// Advances the time: where an answer is not ready in time, that is said.
    public mutating func advance(to now: Duration) {
        guard let asked = turn?.asked, now >= asked + timing.answerLimit / 2 else { return }
        if isTooLate(asked, now) {
            turn = nil
        } else {
            takeTurn(at: now, isOverdue: true)
        }
    }

    private func isTooLate(_ asked: Duration, _ now: Duration) -> Bool {
        !answersLate && now > asked + timing.answerLimit + timing.allowance
    }

    /// Dequeues the frames to send now.
    public mutating func dequeueFrames() -> [HDLCFrame] {
        defer { output = [] }
        return output
    }

    /// Takes a command frame for this device.
    public mutating func receive(_ frame: HDLCFrame, at now: Duration) {
        guard frame.direction == .command else { return }
        // A second question before the first was answered: late copies are about.
        if turn != nil { connection?.transfer.mayRecut = false }
        if let lineFree {
            connection?.transfer.recordTurnaround((now - lineFree) / timing.byteTime - Double(frame.length + 2))
            self.lineFree = nil
        }
        if frame.isFinal { turn = (now, frame) }
        switch frame.control {
        case .setNormalResponseMode: if frame.isFinal { beginConnection(frame) }
        case .disconnect:
            if frame.isFinal {
                let isKnown = connection?.client == frame.client
                if isKnown { endConnection() }
                finish(with: isKnown ? .unnumberedAcknowledgement : .disconnectedMode, frame)
            }
        case .unnumberedInformation: turn = nil
        default: if connection?.client == frame.client { receiveConnected(frame) }
        }
        takeTurn(at: now)
    }

    private mutating func beginConnection(_ frame: HDLCFrame) {
        guard isAvailable, let peer = HDLCParameters(frame.information) else {
            if connection?.client == frame.client { endConnection() }
            return finish(with: .disconnectedMode, frame)
        }
        endConnection()
        let agreed = offered.negotiated(with: peer)
        let fixed = fixedLength.map { HDLCCut(length: $0, frames: min(fixedWindow ?? 1, agreed.transmitWindow)) }
        connection = Connection(
            client: frame.client,
            transfer: HDLCTransfer(
                agreed, maxMessage: maxMessage, costs: HDLCErrorEstimate.Costs(timing, frame.server), fixed: fixed,
                estimate: estimate))
        finish(with: .unnumberedAcknowledgement, frame, agreed.bytes)
    }

    private mutating func endConnection() {
        if let transfer = connection?.transfer { estimate = transfer.estimate }
        connection = nil
        connectionCount &+= 1
        arrived = nil
        isProcessing = false
    }

    private mutating func receiveConnected(_ frame: HDLCFrame) {
        guard connection?.rejection == nil else { return }
        switch frame.control {
        case .information(let send, let number):
            guard frame.information.count <= connection?.transfer.parameters.receiveLength ?? 0 else {
                return reject(frame, .informationTooLong)
            }
            guard confirm(number) else { return reject(frame, .receiveNumber) }
            connection?.isPeerBusy = false
            // One command at a time: the next is taken once the answer to this one has arrived.
            guard !isProcessing, connection?.transfer.isSending == false else {
                connection?.hasRefused = true
                return
            }
            switch connection?.transfer.receive(send, isSegmented: frame.isSegmented, frame.information) {
            case .complete(let command):
                arrived = command
                isProcessing = true
            case .tooLong: reject(frame, .informationTooLong)
            case .taken, .outOfSequence, nil: break
            }
        case .receiveReady(let number), .receiveNotReady(let number):
            guard frame.information.isEmpty else { return reject(frame, .informationNotPermitted) }
            guard confirm(number) else { return reject(frame, .receiveNumber) }
            if case .receiveReady = frame.control {
                connection?.isPeerBusy = false
            } else {
                connection?.isPeerBusy = true
            }
        default: reject(frame, .control)
        }
    }

    private mutating func confirm(_ number: UInt8) -> Bool { connection?.transfer.confirm(number) != nil }

    private mutating func reject(_ frame: HDLCFrame, _ reason: HDLCRejection.Reason) {
        guard let transfer = connection?.transfer else { return }
        connection?.rejection = HDLCRejection(
            control: frame.controlField, send: transfer.sendNumber, receive: transfer.receiveNumber,
            isResponse: false, reason: reason)
    }

    // MARK: Answers

    private mutating func takeTurn(at now: Duration, isOverdue: Bool = false) {
        guard let frame = turn?.frame else { return }
        guard let connection, connection.client == frame.client else {
            return finish(with: .disconnectedMode, frame)
        }
        if let rejection = connection.rejection { return finish(with: .frameReject, frame, rejection.bytes) }
        let number = connection.transfer.receiveNumber
        if connection.transfer.isSending, !connection.isPeerBusy {
            self.connection?.transfer.askedAgain()
            let pieces = self.connection?.transfer.nextPieces() ?? []
            self.connection?.hasRefused = false
            turn = nil
            defer { lineFree = now + timing.byteTime * output.reduce(1) { $0 + $1.length + 1 } }
            for (index, piece) in pieces.enumerated() {
                output.append(
                    HDLCFrame(
                        .response, frame.server, client: frame.client,
                        .information(send: piece.send, receive: number), isFinal: index == pieces.count - 1,
                        isSegmented: piece.isSegmented, information: piece.information))
            }
            return
        }
        // The answer may be ready in a moment.
        if isProcessing, !isOverdue, !connection.hasRefused { return }
        finish(with: connection.hasRefused ? .receiveNotReady(number) : .receiveReady(number), frame)
        self.connection?.hasRefused = false
    }

    private mutating func finish(with control: HDLCControl, _ frame: HDLCFrame, _ information: [UInt8] = []) {
        reply(control, to: frame, information)
        turn = nil
    }

    private mutating func reply(_ control: HDLCControl, to frame: HDLCFrame, _ information: [UInt8] = []) {
        output.append(
            HDLCFrame(.response, frame.server, client: frame.client, control, information: information))
    }
}
