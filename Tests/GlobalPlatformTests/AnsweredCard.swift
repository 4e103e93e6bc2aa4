import ISO7816

/// A card that is a function of the command; it keeps what was sent.
final class AnsweredCard: CardChannel {
    private let answer: (CommandAPDU) throws -> [UInt8]
    private(set) var sent: [CommandAPDU] = []

    /// - Parameter answer: the data with the status word; what it throws is a card that answers no more.
    init(_ answer: @escaping (CommandAPDU) throws -> [UInt8]) { self.answer = answer }

    /// P1 and P2 of the commands sent.
    var parameters: [String] { sent.map { hexadecimal([$0.p1, $0.p2]) } }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        sent.append(command)
        do {
            return try ResponseAPDU(answer(command))
        } catch {
            throw CardError(.communication, subject: "answered card", cause: error)
        }
    }
}
