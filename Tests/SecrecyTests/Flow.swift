import CardCrypto
import CardTrace
import ISO7816
import Synchronization
import Testing

/// What went to cards and came from them in one use of the system: as it travelled, and as its trace has it; and what in
/// it is secret.
final class Flow: CustomTestStringConvertible {
    let name: String
    /// Whether there are no random numbers in it, so that even two bytes of a PIN are there by no chance.
    let isFixed: Bool
    /// What a tracer was told.
    private(set) var records: [TraceRecord] = []
    /// Commands and answers as they travelled, nothing masked.
    private(set) var travelled: [(command: [UInt8], answer: [UInt8])] = []
    /// What was shown to people beside the trace.
    var said: [String] = []
    var secrets = Secrets()
    /// Sessions whose keys are among the secrets, and those whose keys nobody here knows.
    var (sessions, unknownSessions) = (0, 0)

    init(_ name: String, isFixed: Bool = false) {
        self.name = name
        self.isFixed = isFixed
    }

    var testDescription: String { name }

    /// A channel to `card` that a tracer listens to, as every program of this package puts it.
    func channel(_ card: any IntegratedCircuitCard, _ reader: String) throws -> TracingChannel<InProcessChannel> {
        let channel = try InProcessChannel(tapped(card))
        add(.card(TraceCardEvent(time: 0, reader: reader, kind: .inserted, answerToReset: card.answerToReset)))
        return TracingChannel(channel, name: reader, sender: TraceSender(name)) { [self] in add(.exchange($0)) }
    }

    /// The card with somebody beside it who sees everything.
    func tapped(_ card: any IntegratedCircuitCard) -> any IntegratedCircuitCard {
        TappedCard(card) { [self] in travelled.append(($0, $1)) }
    }

    /// Notes a record, at a time of its own: the digits of clocks are nobody's PIN.
    func add(_ record: TraceRecord) {
        let time = Int64(records.count) * 1_000_000
        switch record {
        case .exchange(let event):
            records.append(
                .exchange(
                    TraceEvent(
                        time: time, reader: event.reader, command: event.command, outcome: event.outcome,
                        duration: .zero, sender: event.sender)))
        case .card(let event):
            records.append(
                .card(
                    TraceCardEvent(
                        time: time, reader: event.reader, kind: event.kind, answerToReset: event.answerToReset,
                        sender: event.sender)))
        }
    }
}

/// A card whose every command and answer is told of, unmasked.
private final class TappedCard: IntegratedCircuitCard {
    private let card: any IntegratedCircuitCard
    private let tap: ([UInt8], [UInt8]) -> Void

    init(_ card: any IntegratedCircuitCard, _ tap: @escaping ([UInt8], [UInt8]) -> Void) {
        self.card = card
        self.tap = tap
    }

    var answerToReset: [UInt8] { card.answerToReset }
    func reset() throws(CardError) { try card.reset() }

    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        let answer = try card.process(command)
        tap(command, answer)
        return answer
    }
}

extension Secret {
    /// The bytes, for looking whether they can be seen anywhere.
    var seen: [UInt8] { withBytes { [UInt8]($0) } }
}
