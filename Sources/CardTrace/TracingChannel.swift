public import ISO7816

/// A channel that tells a sink of every command that goes through it, and how long the answer took.
///
/// Beneath a `GetResponseChannel` it sees what is sent: GET RESPONSE, and commands repeated with another Le, too.
public final class TracingChannel<Base: CardChannel>: CardChannel {
    /// The channel beneath.
    public let base: Base
    /// What the reader or card is called in the trace.
    public let name: String
    /// Who uses the channel, as the trace shall call it.
    public let sender: TraceSender?
    /// The card's answer to reset; empty where it is not known.
    public let answerToReset: [UInt8]
    private let now: () -> Int64
    private let sink: (TraceEvent) -> Void

    /// Puts itself before `base`.
    ///
    /// - Parameters:
    ///   - base: the channel beneath.
    ///   - name: the reader's or card's name.
    ///   - sender: who uses the channel.
    ///   - answerToReset: the card's.
    ///   - now: the time in microseconds since 1970-01-01 UTC; the computer's clock where nothing else is given.
    ///   - sink: is given each event after its answer, on the thread of the caller.
    public init(
        _ base: Base, name: String, sender: TraceSender? = nil, answerToReset: [UInt8] = [],
        now: @escaping () -> Int64 = TraceClock.microseconds, sink: @escaping (TraceEvent) -> Void
    ) {
        self.base = base
        self.name = name
        self.sender = sender
        self.answerToReset = answerToReset
        self.now = now
        self.sink = sink
    }

    public var transmissionProtocol: TransmissionProtocol { base.transmissionProtocol }

    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        let time = now()
        let start = ContinuousClock.now
        let outcome: Result<ResponseAPDU, CardError>
        do {
            outcome = .success(try base.transmit(command))
        } catch {
            outcome = .failure(error)
        }
        let duration = ContinuousClock.now - start
        sink(
            TraceEvent(
                time: time, reader: name, command: command.bytes, outcome: outcome, duration: duration, sender: sender,
                answerToReset: answerToReset))
        return try outcome.get()
    }
}
