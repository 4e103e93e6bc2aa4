import ContactInterface
import ISO7816

/// A reader and a card over a simulated line, the card answering at once unless it dawdles.
struct TestLine {
    var line: CharacterLine<InterfaceDevice, CardTransceiver>
    /// The commands that the card processed, in order.
    var processed: [[UInt8]] = []
    /// Clock periods that the card takes per command.
    var processingTime = 0
    var answering: (UInt8, [UInt8]) throws -> [UInt8]
    private var due: (time: Int, answer: [UInt8])?
    private(set) var resets = 0

    /// - Parameter answering: the answer to a command, given T.
    init(
        atr: [UInt8], reader: InterfaceDevice.Configuration = .init(), card: CardTransceiver.Configuration = .init(),
        answering: @escaping (UInt8, [UInt8]) throws -> [UInt8]
    ) throws {
        line = CharacterLine(
            reader: InterfaceDevice(reader), card: CardTransceiver(try AnswerToReset(atr), configuration: card))
        self.answering = answering
    }

    enum End: Error {
        case failed(TransmissionError)
        case stuck
    }

    /// Resets until commands can be sent.
    mutating func activate() throws -> TransmissionParameters {
        reset(isNew: true)
        while true {
            switch try event() {
            case .resetWanted: reset(isNew: false)
            case .ready(let parameters): return parameters
            case .failed(let error): throw error
            case .exchanged: throw End.stuck
            }
        }
    }

    private mutating func reset(isNew: Bool) {
        resets += 1
        due = nil
        line.clear()
        line.card.deactivate()
        line.reader.deactivate()
        line.advance(by: 400)
        line.card.reset(at: line.now)
        line.reader.reset(at: line.now, isNew: isNew)
    }

    mutating func exchange(_ command: [UInt8]) throws -> Result<[UInt8], TransmissionError> {
        line.reader.exchange(command, at: line.now)
        guard case .exchanged(let result) = try event() else { throw End.stuck }
        return result
    }

    private mutating func event() throws -> InterfaceDevice.Event {
        while true {
            if let event = line.reader.dequeueEvent() { return event }
            if let command = line.card.dequeueCommand() {
                processed.append(command)
                let answer = try answering(line.card.protocolNumber ?? 0, command)
                due = (line.now + processingTime, answer)
            }
            if let due, due.time <= line.nextTime ?? .max {
                self.due = nil
                line.advance(by: max(0, due.time - line.now))
                line.card.answer(due.answer, at: line.now)
            } else if !line.step() {
                throw End.stuck
            }
        }
    }
}
