public import ISO7816

/// A channel that loses one message: the n-th command before it reaches the card, or the n-th answer after the card
/// acted.
///
/// Counting first how many exchanges something takes, and then losing each of them both ways, tries every loss there is:
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
        case losesCommand(Int)
        /// The card acts on the command of this exchange, but its answer does not come back.
        case losesAnswer(Int)

        public var description: String {
            switch self {
            case .none: "no loss"
            case .losesCommand(let exchange): "command \(exchange) lost"
            case .losesAnswer(let exchange): "answer \(exchange) lost"
            }
        }
    }

    /// Which message is lost.
    public let fault: Fault
    /// Whether the link stays down after the loss, until `restore()`.
    public let staysDown: Bool
    /// How many commands were handed in, those that were lost among them.
    public private(set) var exchanges = 0
    /// Whether the message was lost already.
    public private(set) var hasLost = false
    private let channel: any CardChannel
    private var isDown = false

    public init(_ channel: any CardChannel, fault: Fault = .none, staysDown: Bool = false) {
        self.channel = channel
        self.fault = fault
        self.staysDown = staysDown
    }

    /// Every single loss in work of so many exchanges, in their order.
    public static func everyFault(exchanges: Int) -> [Fault] {
        (0..<exchanges).flatMap { [.losesCommand($0), .losesAnswer($0)] }
    }

    /// Brings a link back that stays down.
    public func restore() { isDown = false }

    public var transmissionProtocol: TransmissionProtocol { channel.transmissionProtocol }

    /// - Throws: `CardError` with code `.communication` for the message that is lost, and while the link is down.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        let exchange = exchanges
        exchanges += 1
        if isDown { throw loss("link down at exchange \(exchange)") }
        if fault == .losesCommand(exchange) { throw lose() }
        let answer = try channel.transmit(command)
        if fault == .losesAnswer(exchange) { throw lose() }
        return answer
    }

    private func lose() -> CardError {
        hasLost = true
        isDown = staysDown
        return loss("\(fault)")
    }

    private func loss(_ what: String) -> CardError { CardError(.communication, subject: what) }
}
