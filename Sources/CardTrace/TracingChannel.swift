public import ISO7816

/// A channel that reports every command and its duration to a sink.
///
/// Beneath a `GetResponseChannel` it sees what is really sent, including GET RESPONSE and commands repeated with
/// another Le.
public final class TracingChannel<Base: CardChannel>: CardChannel {
    /// The channel beneath.
    public let base: Base
    /// The reader's or card's name in the trace.
    public let name: String
    /// Who uses the channel, as named in the trace.
    public let sender: TraceSender?
    /// The card's answer to reset; empty where unknown.
    public let answerToReset: [UInt8]
    private let secrets: SecretPolicy
    private let now: () -> Int64
    private let sink: (TraceEvent) -> Void

    /// Wraps `base`.
    ///
    /// - Parameters:
    ///   - base: the channel beneath.
    ///   - name: the reader's or card's name.
    ///   - sender: who uses the channel.
    ///   - answerToReset: the card's.
    ///   - secrets: whether PINs and keys are masked in the events.
    ///   - now: the time in microseconds since 1970-01-01 UTC; by default the system clock.
    ///   - sink: called for each event after its answer, on the caller's thread.
    public init(
        _ base: Base, name: String, sender: TraceSender? = nil, answerToReset: [UInt8] = [],
        secrets: SecretPolicy = .hidden, now: @escaping () -> Int64 = TraceClock.microseconds,
        sink: @escaping (TraceEvent) -> Void
    ) {
        self.base = base
        self.name = name
        self.sender = sender
        self.answerToReset = answerToReset
        self.secrets = secrets
        self.now = now
        self.sink = sink
    }

    public var transmissionProtocol: TransmissionProtocol { base.transmissionProtocol }

    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        try traced(command.bytes) { () throws(CardError) in try base.transmit(command) }
    }

    public func transmit(bytes: [UInt8]) throws(CardError) -> ResponseAPDU {
        try traced(bytes) { () throws(CardError) in try base.transmit(bytes: bytes) }
    }

    private func traced(
        _ bytes: [UInt8], _ send: () throws(CardError) -> ResponseAPDU
    ) throws(CardError) -> ResponseAPDU {
        let time = now()
        let start = ContinuousClock.now
        let outcome: Result<ResponseAPDU, CardError>
        do throws(CardError) {
            outcome = .success(try send())
        } catch {
            outcome = .failure(error)
        }
        let duration = ContinuousClock.now - start
        sink(
            TraceEvent(
                time: time, reader: name, command: bytes, outcome: outcome, duration: duration, sender: sender,
                answerToReset: answerToReset, secrets: secrets))
        return try outcome.get()
    }
}
