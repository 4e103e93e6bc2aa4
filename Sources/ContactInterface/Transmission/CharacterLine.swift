/// A character on its way from one end of the line to the other.
public struct LineTransit: Sendable, Hashable {
    /// Who sent it.
    public let sender: LineSide
    /// How many characters this end has sent before, repetitions among them.
    public let number: Int
    /// What it is.
    public var character: LineCharacter
    /// When it begins.
    public var edge: Int

    /// When it is over.
    public var end: Int { edge + character.unit.periods(10) }
}

/// The I/O line between a reader and a card, in simulated time: what one end puts on it comes to the other.
///
/// There is no clock but the ends' own times: ``step()`` does what is due next, however far away that is. Characters of
/// both ends at once spoil each other, as on the one line that there is.
public struct CharacterLine<Reader: LineEnd, Card: LineEnd> {
    /// The interface device.
    public var reader: Reader
    /// The card.
    public var card: Card
    /// Clock periods since the line was made.
    public private(set) var now = 0
    /// What becomes of a character on its way: nothing for one that is lost, two for one that is doubled, a later edge
    /// for one that is delayed. nil for a line without faults.
    public var disturbance: ((LineTransit) -> [LineTransit])?
    /// How many characters each end has put on the line.
    public private(set) var sent: (reader: Int, card: Int) = (0, 0)
    private var transits: [LineTransit] = []
    private var free: (reader: Int, card: Int) = (0, 0)

    public init(reader: Reader, card: Card) {
        self.reader = reader
        self.card = card
    }

    /// When the next thing happens; nil where both ends wait for ever.
    public var nextTime: Int? {
        var next = transits.first?.end
        if let time = reader.nextTime { next = min(next ?? time, time) }
        if let time = card.nextTime { next = min(next ?? time, time) }
        return next.map { max($0, now) }
    }

    /// Does what is due next.
    ///
    /// - Returns: false where nothing is due and nothing was done.
    public mutating func step() -> Bool {
        guard let time = nextTime else { return false }
        now = time
        if let transit = transits.first, transit.end <= time {
            transits.removeFirst()
            switch transit.sender {
            case .reader: card.receive(transit.character, edge: transit.edge)
            case .card: reader.receive(transit.character, edge: transit.edge)
            }
        } else if let due = reader.nextTime, due <= time {
            if let output = reader.act(at: time) { put(output, by: .reader) }
        } else if let output = card.act(at: time) {
            put(output, by: .card)
        }
        return true
    }

    /// Lets time pass in which nothing is due, as for a reset.
    public mutating func pass(_ periods: Int) {
        let end = now + periods
        while let time = nextTime, time <= end, step() {}
        now = end
    }

    /// Takes everything off the line, as switching off does.
    public mutating func clear() {
        transits.removeAll()
        free = (now, now)
    }

    private mutating func put(_ output: LineOutput, by sender: LineSide) {
        switch output {
        case .errorSignal:
            switch sender {
            case .reader: card.receiveErrorSignal(at: now)
            case .card: reader.receiveErrorSignal(at: now)
            }
        case .character(let character):
            let number = sender == .reader ? sent.reader : sent.card
            if sender == .reader { sent.reader += 1 } else { sent.card += 1 }
            let transit = LineTransit(sender: sender, number: number, character: character, edge: now)
            guard let disturbance else { return add(transit) }
            for result in disturbance(transit) { add(result) }
        }
    }

    private mutating func add(_ transit: LineTransit) {
        var transit = transit
        // What is delayed delays what comes behind it.
        transit.edge = max(transit.edge, transit.sender == .reader ? free.reader : free.card)
        if transit.sender == .reader { free.reader = transit.end } else { free.card = transit.end }
        for index in transits.indices
        where transits[index].sender != transit.sender && transits[index].end > transit.edge
            && transits[index].edge < transit.end
        {
            transits[index].character.levels ^= 1
            transit.character.levels ^= 2
        }
        let place = transits.firstIndex { $0.end > transit.end } ?? transits.endIndex
        transits.insert(transit, at: place)
    }
}
