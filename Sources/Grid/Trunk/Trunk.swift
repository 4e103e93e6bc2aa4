import Diagnostics
public import ISO7816
public import ValueProtocol

/// A way to a unit and the meters below it, for many callers at a time.
///
/// It is what a host needs of a trunk, whatever carries it.
public protocol Trunk: Sendable {
    /// Carries one command APDU to an element and its response back.
    ///
    /// A task that is cancelled takes the exchange back where it still can, and waits for what became of it.
    ///
    /// - Parameters:
    ///   - meter: whose element it is for; or a unit.
    ///   - device: who of it.
    ///   - priority: what goes first.
    ///   - timeLimit: how long the command may wait before it is sent on the meter's line. The answer may come somewhat later.
    ///   - command: 1 to 65,544 bytes.
    func exchange(
        with meter: PartyID, device: Exchange.Device, priority: Exchange.Priority, timeLimit: Duration,
        command: [UInt8]
    ) async -> ExchangeOutcome
}

/// One element at the far end of a trunk, for a caller that thinks in commands and answers.
public struct TrunkCardChannel: Sendable {
    private let trunk: any Trunk
    /// Whose element it is.
    public let meter: PartyID
    public let device: Exchange.Device
    public let priority: Exchange.Priority
    /// Of one command.
    public let timeLimit: Duration

    /// - Parameters:
    ///   - meter: whose element it is.
    ///   - trunk: the way to its unit.
    ///   - device: who of the meter.
    ///   - priority: of its commands.
    ///   - timeLimit: how long a command may wait before it is sent.
    public init(
        to meter: PartyID, over trunk: any Trunk, device: Exchange.Device = .element,
        priority: Exchange.Priority = .reading, timeLimit: Duration = .seconds(60)
    ) {
        self.trunk = trunk
        self.meter = meter
        self.device = device
        self.priority = priority
        self.timeLimit = timeLimit
    }

    /// Sends one command.
    ///
    /// - Throws: `CardError` if no answer came: `.noCard`, `.cancelled`, `.notConnected`, `.deadlineExceeded` or
    ///   `.readerUnavailable` if the element has not received the command, and will not; `.callCancelled` if it may have
    ///   carried it out; `.cardUnresponsive` if it received it and gave no answer; `.malformedAnswer`.
    public func transmit(_ command: CommandAPDU) async throws(CardError) -> ResponseAPDU {
        let outcome = await trunk.exchange(
            with: meter, device: device, priority: priority, timeLimit: timeLimit, command: command.bytes)
        return try response(of: outcome)
    }

    /// What became of an exchange, to who thinks in commands and answers.
    ///
    /// - Throws: `CardError`, as ``transmit(_:)``.
    package func response(of outcome: ExchangeOutcome) throws(CardError) -> ResponseAPDU {
        let subject = device == .cardSlot ? "card slot of meter \(meter)" : "\(meter.kind) \(meter)"
        switch outcome {
        case .answered(let response):
            guard !response.isEmpty else {
                throw CardError(
                    .cardUnresponsive, subject: subject, cause: Circumstance("the element gave no answer"))
            }
            do {
                return try ResponseAPDU(response)
            } catch {
                throw CardError(.malformedAnswer, subject: subject, cause: error)
            }
        case .notSent(let cause):
            let code: CardError.Code =
                switch cause {
                case .noCard: .noCard
                case .cancelled: .cancelled
                case .late: .deadlineExceeded
                case .disconnected, .restarted: .notConnected
                case .silent, .unknownMeter, .full, .sessions: .readerUnavailable
                }
            throw CardError(code, subject: subject, cause: Circumstance("not sent: \(cause)"))
        case .perhapsDone(let cause):
            throw CardError(
                .callCancelled, subject: subject, cause: Circumstance("perhaps carried out: \(cause)"))
        }
    }
}

extension ExchangeOutcome.Cause: CustomStringConvertible {
    public var description: String {
        switch self {
        case .silent: "the meter does not answer on its line"
        case .unknownMeter: "no line of the unit has this meter"
        case .noCard: "no card is in the slot"
        case .late: "the deadline has passed"
        case .full: "the unit has no room for more"
        case .disconnected: "the way to the unit is interrupted"
        case .restarted: "the unit was restarted"
        case .cancelled: "it was taken back"
        case .sessions: "too many sessions were begun with the element and not used"
        }
    }
}
