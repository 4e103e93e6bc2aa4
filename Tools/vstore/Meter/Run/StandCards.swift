import CardIO
import ISO7816
import ValueElement

/// Emulated cards that are put into a running meter's slot.
struct StandCards {
    /// Of files; a bare name is looked for in the home folder.
    let home: Home
    /// The file named at the start.
    let file: String?
    let tracer: Tracer?

    /// - Parameter file: the one named at the start unless given.
    /// - Throws: `MemoryError`, `CardError`, `Failure` where none is named.
    func open(_ file: String?) throws -> any CardChannel {
        guard let name = file ?? self.file else {
            throw Failure(.usage, "No card is named. Start with --card FILE, or write card in FILE.")
        }
        let path = home.card(name)
        let card = try EmulatedCard.open(path)
        let channel = try InProcessChannel(card, name: path)
        return tracer?.trace(channel, name: path, answerToReset: card.answerToReset) ?? channel
    }
}
