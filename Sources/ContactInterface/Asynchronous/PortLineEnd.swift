/// The card's end of the line at a port: the inserted card, or none.
struct PortLineEnd: LineEnd {
    let port: ContactPort

    private var card: (any CharacterCard)? { port.card as? any CharacterCard }

    var nextTime: Int? { card?.nextTime }

    mutating func act(at now: Int) -> LineOutput? {
        let output = card?.act(at: now)
        if case .character(let character) = output { port.report(character, edge: now) }
        return output
    }

    mutating func receive(_ character: LineCharacter, edge: Int) {
        // The observer may pull the card out here.
        port.report(character, edge: edge)
        card?.receive(character, edge: edge)
    }

    mutating func receiveErrorSignal(at now: Int) { card?.receiveErrorSignal(at: now) }
}
