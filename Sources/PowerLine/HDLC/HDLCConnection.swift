/// One connection of a primary station with one logical device of one meter, in normal response mode, in frames
/// (ISO/IEC 13239, 6.11; IEC 62056-46, 6.4.4).
///
/// It sends a command APDU and waits for the response APDU, both as information fields, in segments where they are longer
/// than was negotiated. The connection is made where there is none. It has no clock and no line: times are passed in as
/// durations since any fixed moment, and the frames to send are dequeued with ``dequeueFrames()``.
///
/// Frames are sent only within what it is asked for and ``advance(to:)``, never as an answer to a frame: so several connections
/// share a line, of which one at a time is advanced. One that is not advanced loses nothing; a secondary station waits.
///
/// An exchange that did not end with an answer says what is known: the command was not sent, or was perhaps carried out. One
/// that is tried again reaches the element again. Over a line that delivers what it delivers in order, a command reaches the
/// element once per exchange at most.
public struct HDLCConnection: Sendable {
    /// What became of what was asked for last.
    public enum Outcome: Sendable, Hashable {
        /// There is a connection.
        case connected
        /// There is none any more.
        case disconnected
        /// The response. One of no bytes: the command was delivered, and the element gave no answer.
        case answered([UInt8])
        /// The other end takes no connection: no card is in the slot.
        case refused
        case failed(Failure)
    }

    /// What is known of a command that has no answer.
    public enum Failure: Sendable, Hashable {
        /// The element has not received it.
        case notSent
        /// The element may have carried it out.
        case perhapsDone
    }

    /// How much is endured before something has failed.
    public struct Limits: Sendable, Hashable {
        /// Waits in a row that end without an answer.
        public var waits = 16
        /// Turns in a row after which the other end is no further.
        public var stalls = 40
        /// The time for which the other end may say that its answer is not ready.
        public var processing = Duration.seconds(60)
        /// The longest pause between two attempts.
        public var pause = Duration.seconds(2)
        /// The most bytes of a response.
        public var message = 65_544

        public init() {}
    }

    private enum Work: Sendable, Hashable {
        case idle, connecting, exchanging, disconnecting
    }

    /// What is sent when an attempt is due.
    private enum Attempt: Sendable, Hashable {
        /// What the work begins with: SNRM, DISC; of an exchange a question.
        case fresh
        /// The next frames of the command.
        case pieces
    }

    public let server: HDLCServerAddress
    public let client: UInt8
    /// What became of what was asked for last; nil before, and while it is going on.
    public private(set) var outcome: Outcome?
    /// How often something had to be sent again, since the beginning: no answer came, or not all of it had arrived.
    public private(set) var repeats = 0
    /// The maximum lengths and windows of the connection; nil while there is none.
    public var parameters: HDLCParameters? { transfer?.parameters }
    let timing: HDLCTiming
    package let offered: HDLCParameters
    private let limits: Limits
    /// Lengths that are not to be chosen; for measurements.
    package var fixedLength: Int?
    package var fixedWindow: Int?

    private var work = Work.idle
    private var command: [UInt8]?
    private var transfer: HDLCTransfer?
    private var estimate = HDLCErrorEstimate()
    private var output: [HDLCFrame] = []
    /// When the last of its frames has left.
    private var lineFree = Duration.zero

    // What is waited for.
    /// When it next sends, and what; nil while an answer is awaited.
    private var attemptDue: Duration?
    private var next = Attempt.fresh
    /// Whether an answer is awaited: the line is the other end's.
    public private(set) var isWaiting = false
    private var lastByte: Duration?
    private var waits = 0
    private var stalls = 0
    private var notReady = 0
    private var processingSince: Duration?
    /// Polls of this exchange.
    private var polls = 0
    /// Of this turn: frames that brought something new, and frames that did not.
    private var (gained, useless) = (0, 0)
    private var answer: [UInt8]?
    /// SNRMs that have no UA yet: so many may still come, late.
    private var awaitedUA = 0

    /// - Parameters:
    ///   - server: whom it asks.
    ///   - client: its own address, at most `7F`.
    ///   - timing: of the line.
    ///   - offered: the longest fields and windows that it can take and will send.
    ///   - limits: how much it endures.
    public init(
        _ server: HDLCServerAddress, client: UInt8, timing: HDLCTiming, offered: HDLCParameters = .offered,
        limits: Limits = Limits()
    ) {
        self.server = server
        self.client = client
        self.timing = timing
        self.offered = offered
        self.limits = limits
    }

    /// Whether a connection exists.
    public var isConnected: Bool { transfer != nil }
    /// Whether something is going on.
    public var isBusy: Bool { work != .idle }
    /// The probability that a byte is hit on the line, as estimated from the last frames.
    public var byteErrorRate: Double { transfer?.estimate.rate ?? estimate.rate }

    // MARK: What is asked for

    /// Begins a connection, in place of one that exists.
    public mutating func connect(at now: Duration) {
        precondition(work == .idle, "one thing at a time")
        begin(.connecting)
        schedule(.fresh, at: now)
    }

    /// Sends a command APDU, over a connection that is made first if there is none.
    public mutating func exchange(_ command: [UInt8], at now: Duration) {
        precondition(work == .idle, "one thing at a time")
        precondition(!command.isEmpty && command.count <= limits.message, "a command has 1 to 65,544 bytes")
        guard isConnected else {
            begin(.connecting)
            self.command = command
            schedule(.fresh, at: now)
            return
        }
        startExchange(command, at: now)
    }

    /// Ends the connection.
    public mutating func disconnect(at now: Duration) {
        precondition(work == .idle, "one thing at a time")
        begin(.disconnecting)
        dropConnection()
        schedule(.fresh, at: now)
    }

    /// Gives up what is going on. The connection is not used any more.
    public mutating func cancel() {
        guard work != .idle else { return }
        output = []
        fail()
    }

    /// The carrier was interrupted: what was on its way is lost, and the wait for it ends.
    public mutating func interrupted(at now: Duration) {
        output = []
        guard isWaiting else { return }
        schedule(.fresh, at: now)
    }

    // MARK: Time and frames

    /// When ``advance(to:)`` next has something to do; nil while nothing is going on.
    public var wake: Duration? {
        if let attemptDue { return attemptDue }
        return isWaiting ? waitEnd : nil
    }

    /// Where the wait ends: no answer has begun, or a silence has fallen into one; at the latest where the longest answer
    /// would have ended.
    private var waitEnd: Duration {
        var end = lineFree + timing.firstByte
        let window = transfer?.parameters.receiveWindow ?? 1
        let length = transfer?.parameters.receiveLength ?? HDLCParameters.standard.receiveLength
        let longest = timing.byteTime * (window * (length + 14) + 2) + timing.silence * window
        let last = end + longest
        // Any byte shows that the other end is still sending.
        if let lastByte { end = max(end, lastByte + timing.silence) }
        return min(end, last)
    }

    /// Whether the wait has ended: what has begun to come in is no answer.
    public func isWaitOver(at now: Duration) -> Bool { isWaiting && attemptDue == nil && now >= waitEnd }

    /// Whether it has something to send now.
    public func isDue(at now: Duration) -> Bool { attemptDue.map { now >= $0 } ?? false }

    /// Advances the time: a wait ends, or something is to be sent.
    public mutating func advance(to now: Duration) {
        endWait(at: now)
        if let due = attemptDue, now >= due { attempt(at: now) }
    }

    /// Ends a wait that is over, and sends nothing yet: another connection may have the line first.
    public mutating func endWait(at now: Duration) { if isWaitOver(at: now) { waitEnded(at: now) } }

    /// Dequeues the frames to send now.
    public mutating func dequeueFrames() -> [HDLCFrame] {
        defer { output = [] }
        return output
    }

    /// Something is on the line: the other end may still be sending.
    public mutating func heard(at now: Duration) {
        // Bytes that come while the line carries one's own are their echo.
        if isWaiting, now >= lineFree { lastByte = now }
    }

    /// Takes a frame from the line. Others' are passed over.
    public mutating func receive(_ frame: HDLCFrame, at now: Duration) {
        guard isFromPeer(frame) else { return }
        // What comes before one's own frame has left is a late copy.
        if isWaiting, output.isEmpty { take(frame, at: now) } else { transfer?.mayRecut = false }
    }

    private func isFromPeer(_ frame: HDLCFrame) -> Bool {
        frame.direction == .response && frame.client == client && frame.server.means(server)
    }

    // MARK: Frames

    private mutating func take(_ frame: HDLCFrame, at now: Duration) {
        if frame.control == .unnumberedAcknowledgement, awaitedUA > 0, work != .connecting {
            awaitedUA -= 1
            return
        }
        switch work {
        case .idle: break
        case .connecting: receiveWhileConnecting(frame, at: now)
        case .disconnecting:
            if frame.control == .unnumberedAcknowledgement || frame.control == .disconnectedMode {
                finish(.disconnected)
            }
        case .exchanging: receiveWhileExchanging(frame, at: now)
        }
    }

    private mutating func receiveWhileConnecting(_ frame: HDLCFrame, at now: Duration) {
        switch frame.control {
        case .unnumberedAcknowledgement:
            guard let peer = HDLCParameters(frame.information) else { return }
            awaitedUA -= 1
            let agreed = offered.negotiated(with: peer)
            let fixed = fixedLength.map { HDLCCut(length: $0, frames: min(fixedWindow ?? 1, agreed.transmitWindow)) }
            transfer = HDLCTransfer(
                agreed, maxMessage: limits.message, costs: HDLCErrorEstimate.Costs(timing, server), fixed: fixed,
                estimate: estimate)
            let waiting = command
            finish(.connected)
            if let waiting { startExchange(waiting, at: now) }
        case .disconnectedMode:
            awaitedUA -= 1
            finish(.refused)
        default: break
        }
    }

    private mutating func receiveWhileExchanging(_ frame: HDLCFrame, at now: Duration) {
        switch frame.control {
        case .information, .receiveReady, .receiveNotReady: awaitedUA = 0
        default: break
        }
        switch frame.control {
        case .information(let send, let number):
            guard frame.information.count <= transfer?.parameters.receiveLength ?? 0 else { return fail() }
            // A frame from before what was last confirmed is a late copy: nothing in it is of now.
            guard send == transfer?.receiveNumber else {
                useless += 1
                if isBefore(send) {
                    transfer?.mayRecut = false
                } else if confirm(number), frame.isFinal {
                    turn(at: now)
                }
                return
            }
            guard confirm(number) else { return fail() }
            switch transfer?.receive(send, isSegmented: frame.isSegmented, frame.information) {
            case .complete(let message):
                // An answer to a command that the other end has not received whole is a late copy.
                guard transfer?.isSending == false, answer == nil else { return fail() }
                answer = message
            case .taken: gained += 1
            case .tooLong: return fail()
            case .outOfSequence, nil: break
            }
            if frame.isFinal { turn(at: now) }
        case .receiveReady(let number), .receiveNotReady(let number):
            // An answer to a part of a message comes as fast as any.
            if transfer?.isSending == true, transfer?.hasSentEnd == false {
                transfer?.recordTurnaround((now - lineFree) / timing.byteTime - Double(frame.length + 2))
            }
            guard confirm(number) else { return fail() }
            guard frame.isFinal else { return }
            if case .receiveNotReady = frame.control {
                notReady += 1
                askLater(at: now)
            } else {
                turn(at: now)
            }
        case .disconnectedMode: connectionLost()
        // The other end began a new connection, or cannot go on in this one.
        case .unnumberedAcknowledgement, .frameReject: fail()
        default: break
        }
    }

    /// Whether a frame's number is of one that was received before, and not of one behind a frame that was lost.
    private func isBefore(_ send: UInt8) -> Bool {
        guard let transfer else { return false }
        return Int((send &- transfer.receiveNumber) & 7) >= transfer.parameters.receiveWindow
    }

    private mutating func confirm(_ number: UInt8) -> Bool {
        // Something gets through.
        waits = 0
        guard let count = transfer?.confirm(number) else { return false }
        if count > 0 { stalls = 0 }
        return true
    }

    /// The turn came back: on with the command, the question for the rest of the answer, or the end.
    private mutating func turn(at now: Duration) {
        waits = 0
        let (hasGained, wasUseless) = (gained > 0, useless > 0)
        (gained, useless) = (0, 0)
        if let answer {
            finish(.answered(answer))
            return
        }
        if transfer?.hasUnconfirmed == true {
            transfer?.askedAgain()
            repeats += 1
            stalls += 1
            guard stalls <= limits.stalls else { return fail() }
            schedule(.pieces, at: now)
        } else if transfer?.isSending == true {
            schedule(.pieces, at: now)
        } else if hasGained || wasUseless {
            stalls = hasGained ? 0 : stalls + 1
            guard stalls <= limits.stalls else { return fail() }
            processingSince = nil
            schedule(.fresh, at: now)
        } else {
            notReady += 1
            askLater(at: now)
        }
    }

    /// The other end has nothing to say yet: it is asked again, at once and then after growing pauses.
    private mutating func askLater(at now: Duration) {
        waits = 0
        if processingSince == nil { processingSince = now }
        if let processingSince, now - processingSince > limits.processing { return fail() }
        let pause = notReady <= 1 ? .zero : min(.milliseconds(10) * (1 << min(notReady - 2, 4)), .milliseconds(200))
        schedule(.fresh, at: now + pause)
    }

    /// DM: what was asked on a connection that the other end does not have was not delivered; if it had the connection for
    /// a while, it may have been.
    private mutating func connectionLost() {
        let isKnown = polls <= 1 || transfer?.hasSentEnd == false
        dropConnection()
        finish(.failed(isKnown ? .notSent : .perhapsDone))
    }

    // MARK: Waits

    private mutating func waitEnded(at now: Duration) {
        (gained, useless) = (0, 0)
        if let answer { return finish(.answered(answer)) }
        waits += 1
        repeats += 1
        guard waits < limits.waits else { return fail() }
        // The first four at once: on a line with errors that is all it takes.
        let pause = waits <= 4 ? .zero : min(timing.firstByte * (1 << min(waits - 4, 20)), limits.pause)
        schedule(.fresh, at: now + pause)
    }

    private mutating func schedule(_ attempt: Attempt, at due: Duration) {
        isWaiting = false
        attemptDue = due
        next = attempt
    }

    private mutating func attempt(at now: Duration) {
        attemptDue = nil
        switch work {
        case .idle: break
        case .connecting: attemptConnection(at: now)
        case .disconnecting: send([frame(.disconnect)], at: now)
        case .exchanging: if next == .pieces { sendPieces(at: now) } else { poll(at: now) }
        }
    }

    // MARK: Sending

    private mutating func begin(_ work: Work) {
        self.work = work
        outcome = nil
        answer = nil
        command = nil
        attemptDue = nil
        (waits, stalls, notReady, polls, gained, useless) = (0, 0, 0, 0, 0, 0)
        processingSince = nil
    }

    private mutating func startExchange(_ command: [UInt8], at now: Duration) {
        begin(.exchanging)
        transfer?.start(command)
        schedule(.pieces, at: now)
    }

    private mutating func attemptConnection(at now: Duration) {
        dropConnection()
        awaitedUA += 1
        send([frame(.setNormalResponseMode, offered.bytes)], at: now)
    }

    private mutating func sendPieces(at now: Duration) {
        guard let pieces = transfer?.nextPieces(), let number = transfer?.receiveNumber else { return }
        let frames = pieces.enumerated().map { index, piece in
            HDLCFrame(
                .command, server, client: client, .information(send: piece.send, receive: number),
                isFinal: index == pieces.count - 1, isSegmented: piece.isSegmented, information: piece.information)
        }
        polls += 1
        send(frames, at: now)
    }

    /// Asks what the other end expects, and for what it has.
    private mutating func poll(at now: Duration) {
        guard let number = transfer?.receiveNumber else { return }
        polls += 1
        send([frame(.receiveReady(number))], at: now)
    }

    private func frame(_ control: HDLCControl, _ information: [UInt8] = []) -> HDLCFrame {
        HDLCFrame(.command, server, client: client, control, information: information)
    }

    private mutating func send(_ frames: [HDLCFrame], at now: Duration) {
        output += frames
        lineFree = max(now, lineFree) + timing.byteTime * frames.reduce(1) { $0 + $1.length + 1 }
        isWaiting = true
        attemptDue = nil
        lastByte = nil
        (gained, useless) = (0, 0)
    }

    // MARK: The end

    /// What is on its way is given up.
    private mutating func fail() {
        let failure: Failure = work == .exchanging && transfer?.hasSentEnd == true ? .perhapsDone : .notSent
        dropConnection()
        finish(.failed(failure))
    }

    private mutating func dropConnection() {
        if let transfer { estimate = transfer.estimate }
        transfer = nil
    }

    private mutating func finish(_ outcome: Outcome) {
        self.outcome = outcome
        work = .idle
        isWaiting = false
        attemptDue = nil
        command = nil
        answer = nil
    }
}

extension HDLCErrorEstimate.Costs {
    init(_ timing: HDLCTiming, _ server: HDLCServerAddress) {
        frame = HDLCFrame.length(of: 1, server)
        supervisory = HDLCFrame.length(of: 0, server) + 2
        // Until it is known.
        turnaround = 1
        wait = timing.firstByte / timing.byteTime
    }
}
