import ISO7816

/// Counts the messages of all channels that share it, and loses one: the command on its way, or the answer.
final class LossPlan {
    enum Kind: CaseIterable { case command, answer }
    private(set) var messages = 0
    private(set) var hasLost = false
    private var lost: (message: Int, kind: Kind)?

    func lose(_ kind: Kind, ofMessage message: Int) { lost = (message, kind) }

    /// Loses nothing from now on.
    func calm() { lost = nil }

    /// What is lost of the message that is sent now.
    func next() -> Kind? {
        messages += 1
        guard let lost, lost.message == messages else { return nil }
        hasLost = true
        return lost.kind
    }
}

/// A card in this process whose messages may be lost; the card stays as it is, as behind a bad line.
final class LossyChannel: CardChannel {
    let inner: InProcessChannel
    private let losses: LossPlan
    private(set) var sent: [CommandAPDU] = []

    init(_ inner: InProcessChannel, _ losses: LossPlan) {
        self.inner = inner
        self.losses = losses
    }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        switch losses.next() {
        case nil:
            sent.append(command)
            return try inner.transmit(command)
        case .command?: throw CardError(.communication, subject: "lossy line")
        case .answer?:
            sent.append(command)
            _ = try inner.transmit(command)
            throw CardError(.communication, subject: "lossy line")
        }
    }
}
