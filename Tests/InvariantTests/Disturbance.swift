import ISO7816

/// Counts the messages of all channels of a world, and loses one of them: the command on its way, or its answer.
final class Disturbance {
    enum Loss: CaseIterable { case command, answer }

    private(set) var messages = 0
    private var lost: (message: Int, loss: Loss)?

    /// Loses the `message`-th message from the world's beginning, counted from 1.
    func lose(_ loss: Loss, ofMessage message: Int) { lost = (message, loss) }

    func next() -> Loss? {
        messages += 1
        guard let lost, lost.message == messages else { return nil }
        return lost.loss
    }
}

/// A way to a card whose messages may be lost; the card itself stays powered, as behind a bad line.
final class DisturbedChannel: CardChannel {
    private let channel: any CardChannel
    private let disturbance: Disturbance

    init(_ channel: any CardChannel, _ disturbance: Disturbance) {
        self.channel = channel
        self.disturbance = disturbance
    }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        let loss = disturbance.next()
        if loss == .command { throw CardError(.communication, subject: "bad line") }
        let answer = try channel.transmit(command)
        if loss == .answer { throw CardError(.communication, subject: "bad line") }
        return answer
    }
}
