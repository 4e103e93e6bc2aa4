import CardTrace
import ISO7816

/// A card that reports what is done with it.
final class ReportingCard: IntegratedCircuitCard {
    private let card: any IntegratedCircuitCard
    private let name: String
    private let console: Console
    private let tracer: Tracer?
    private let show: ((TraceEvent) -> Void)?

    init(_ card: any IntegratedCircuitCard, name: String, console: Console, tracer: Tracer?) {
        self.card = card
        self.name = name
        self.console = console
        self.tracer = tracer
        show = tracer?.sink()
    }

    var answerToReset: [UInt8] { card.answerToReset }

    func reset() throws(CardError) {
        try card.reset()
        tracer?.record(.reset, name: name, answerToReset: card.answerToReset, sender: nil)
        console.notice("\(name): reset")
    }

    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        let (time, start) = (TraceClock.microseconds(), ContinuousClock.now)
        let answer = try card.process(command)
        if let show, let response = ReportingCard.response(answer) {
            show(
                TraceEvent(
                    time: time, reader: name, command: command, outcome: .success(response),
                    duration: ContinuousClock.now - start, answerToReset: card.answerToReset))
        } else {
            // Header and status word: the data may be secret.
            console.notice(
                "\(name): \(Array(command.prefix(4)).hexadecimal(separator: " ")) → \(Array(answer.suffix(2)).hexadecimal())"
            )
        }
        return answer
    }

    private static func response(_ bytes: [UInt8]) -> ResponseAPDU? {
        do { return try ResponseAPDU(bytes) } catch { return nil }
    }
}
