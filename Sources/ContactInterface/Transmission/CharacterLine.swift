/// A character in transit on the line.
public struct LineTransit: Sendable, Hashable {
    /// Who sent it.
    public let sender: LineSide
    /// How many characters this end has sent before, including repetitions.
    public let number: Int
    /// The character.
    public var character: LineCharacter
    /// When it starts.
    public var edge: Int

    /// When it ends.
    public var end: Int { edge + character.unit.periods(10) }
}

/// The I/O line between a reader and a card, in simulated time: what one end sends, the other receives.
///
/// The ends' own times are the only clock: ``step()`` does what is due next, however far in the future. Characters that
/// both ends send at once corrupt each other, as on a shared line.
public struct CharacterLine<Reader: LineEnd, Card: LineEnd> {
    /// The interface device.
    public var reader: Reader
    /// The card.
    public var card: Card
    /// Clock periods since the line was created.
    public private(set) var now = 0
    /// What happens to a character in transit: an empty list for a lost one, two for a duplicated one, a later edge for
    /// a delayed one. nil for a line without faults.
    public var disturbance: ((LineTransit) -> [LineTransit])?
    /// How many characters each end has put on the line.
    public private(set) var sent: (reader: Int, card: Int) = (0, 0)
    private var transits: [LineTransit] = []
    private var free: (reader: Int, card: Int) = (0, 0)

    public init(reader: Reader, card: Card) {
        self.reader = reader
        self.card = card
    }

    /// When something is due next; nil where both ends wait.
    public var nextTime: Int? { nextTime(reader: reader.nextTime) }

    private func nextTime(reader time: Int?) -> Int? {
        var next = transits.first?.end
        if let time { next = min(next ?? time, time) }
        if let time = card.nextTime { next = min(next ?? time, time) }
        return next.map { max($0, now) }
    }

    /// Does what is due next.
    ///
    /// - Returns: false where nothing is due.
    public mutating func step() -> Bool {
        let readerTime = reader.nextTime
        guard let time = nextTime(reader: readerTime) else { return false }
        now = time
        if let transit = transits.first, transit.end <= time {
            transits.removeFirst()
            switch transit.sender {
            case .reader: card.receive(transit.character, edge: transit.edge)
            case .card: reader.receive(transit.character, edge: transit.edge)
            }
        } else if let readerTime, readerTime <= time {
            if let output = reader.act(at: time) { send(output, by: .reader) }
        } else if let output = card.act(at: time) {
            send(output, by: .card)
        }
        return true
    }

    /// Lets time pass while nothing is due, as for a reset.
    public mutating func advance(by periods: Int) {
        let end = now + periods
        while let time = nextTime, time <= end, step() {}
        now = end
    }

    /// Clears the line, as switching off does.
    public mutating func clear() {
        transits.removeAll()
        free = (now, now)
    }

    private mutating func send(_ output: LineOutput, by sender: LineSide) {
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
        // A delayed character also delays the ones after it.
        transit.edge = max(transit.edge, transit.sender == .reader ? free.reader : free.card)
        if transit.sender == .reader { free.reader = transit.end } else { free.card = transit.end }
        for index in transits.indices
        where transits[index].sender != transit.sender && transits[index].end > transit.edge
            && transits[index].edge < transit.end
        {
            transits[index].character.levels ^= 1
            transit.character.levels ^= 2
        }
        let offset = transits.firstIndex { $0.end > transit.end } ?? transits.endIndex
        transits.insert(transit, at: offset)
    }
}
