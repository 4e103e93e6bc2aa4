public import ISO7816

/// A channel that loses one message: the n-th command before it reaches the card, or the n-th answer after the card
/// executed the command.
///
/// To try every possible loss, first count the exchanges, then lose each in both directions:
///
/// ```swift
/// let total = count(of: { try work(over: $0) })
/// for fault in FaultyChannel.everyFault(exchanges: total) { … }
/// ```
public final class FaultyChannel: CardChannel {
    /// Which message is lost. Exchanges count from 0.
    public enum Fault: Sendable, Hashable, CustomStringConvertible {
        /// None.
        case none
        /// The command of this exchange does not reach the card.
        case dropCommand(Int)
        /// The card executes the command of this exchange, but its answer is lost.
        case dropAnswer(Int)

        /// One of the messages of an exchange.
        public static func loses(_ message: Message, of exchange: Int) -> Fault {
            switch message {
            case .command: .dropCommand(exchange)
            case .answer: .dropAnswer(exchange)
            }
        }

        public var description: String {
            switch self {
            case .none: "no loss"
            case .dropCommand(let exchange): "command \(exchange) lost"
            case .dropAnswer(let exchange): "answer \(exchange) lost"
            }
        }
    }

    /// The two messages of an exchange.
    public enum Message: Sendable, Hashable, CaseIterable {
        case command
        case answer
    }

    /// Which message is lost, and the number of exchanges.
    public let plan: FaultPlan
    /// Whether the link stays down after the loss, until `restore()`.
    public let staysDown: Bool
    /// Called when a message is about to be lost, such as to pull the card; before the card gets the command, or after it
    /// answered.
    public var onFault: ((Fault) -> Void)?
    /// How many commands reached the card.
    public private(set) var delivered = 0
    private let channel: any CardChannel
    private let code: CardError.Code
    private var isDown = false

    /// A channel with its own plan.
    public convenience init(_ channel: any CardChannel, fault: Fault = .none, staysDown: Bool = false) {
        self.init(channel, plan: FaultPlan(fault), staysDown: staysDown)
    }

    /// A channel that may share its plan with others.
    ///
    /// - Parameters:
    ///   - channel: the channel beneath.
    ///   - plan: which message is lost.
    ///   - staysDown: whether the link stays down after the loss, until `restore()`.
    ///   - code: the error code of a loss.
    public init(
        _ channel: any CardChannel, plan: FaultPlan, staysDown: Bool = false, code: CardError.Code = .communication
    ) {
        self.channel = channel
        self.plan = plan
        self.staysDown = staysDown
        self.code = code
    }

    /// How many commands were sent over all channels with this plan, including lost ones.
    public var exchanges: Int { plan.exchanges }
    /// Whether a message has been lost.
    public var hasDropped: Bool { plan.hasDropped }

    /// Every single loss in this number of exchanges, in order.
    public static func everyFault(exchanges: Int) -> [Fault] {
        (0..<exchanges).flatMap { [.dropCommand($0), .dropAnswer($0)] }
    }

    /// Restores a link that stays down.
    public func restore() { isDown = false }

    public var transmissionProtocol: TransmissionProtocol { channel.transmissionProtocol }

    /// - Throws: `CardError` with the channel's code for the lost message, and while the link is down.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        try exchange { (channel) throws(CardError) in try channel.transmit(command) }
    }

    public func transmit(bytes: [UInt8]) throws(CardError) -> ResponseAPDU {
        try exchange { (channel) throws(CardError) in try channel.transmit(bytes: bytes) }
    }

    private func exchange(
        _ send: (any CardChannel) throws(CardError) -> ResponseAPDU
    ) throws(CardError) -> ResponseAPDU {
        let exchange = plan.begin()
        if isDown { throw CardError(code, subject: "link down at exchange \(exchange)") }
        try deliver(.command, of: exchange)
        delivered += 1
        let answer = try send(channel)
        try deliver(.answer, of: exchange)
        return answer
    }

    private func deliver(_ message: Message, of exchange: Int) throws(CardError) {
        guard plan.loses(message, of: exchange) else { return }
        isDown = staysDown
        onFault?(plan.fault)
        throw CardError(code, subject: "\(plan.fault)")
    }
}
