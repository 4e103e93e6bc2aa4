public import ValueProtocol

/// A ceremony with its card: select, then answer step after step.
///
///     var run = CeremonyRun(ceremony, with: card) { record in … keep it … }
///     try run.selectCard()
///     while run.ceremony.next != .finished { show(try run.answer(ask(run.ceremony.next))) }
public struct CeremonyRun {
    public private(set) var ceremony: KeyCeremony
    private let card: MasterKeyCard
    private let keep: (CeremonyRecord) throws(CeremonyError) -> Void

    /// - Parameters:
    ///   - ceremony: new, or resumed from its record.
    ///   - card: where the keys are made.
    ///   - keep: stores the record; called before each command and after its answer.
    public init(
        _ ceremony: KeyCeremony, with card: MasterKeyCard,
        keep: @escaping (CeremonyRecord) throws(CeremonyError) -> Void = { _ throws(CeremonyError) in }
    ) {
        self.ceremony = ceremony
        self.card = card
        self.keep = keep
    }

    /// Selects the card, at the beginning and after each removal. Keys that it holds count as made, with their check
    /// values in `ceremony.finishedKeys`.
    ///
    /// - Throws: `CeremonyError` `.card`, `.otherCard`, `.checkValueDiffers`.
    public mutating func selectCard() throws(CeremonyError) {
        let (pid, keys) = try asking { () throws(MasterKeyError) in
            try card.select()
            return try card.heldKeys()
        }
        try ceremony.cardSelected(pid, holding: keys)
        try keep(ceremony.record)
    }

    /// Enters the answer to `ceremony.next`, has the card execute it, and returns what to show.
    ///
    /// - Throws: `CeremonyError`; the step stays open.
    public mutating func answer(_ input: CeremonyInput) throws(CeremonyError) -> CeremonyEvent {
        let command = try ceremony.enter(input)
        try keep(ceremony.record)
        let outcome = Result { () throws(MasterKeyError) in try command.perform(on: card) }
        do {
            let event = try ceremony.finish(outcome)
            try keep(ceremony.record)
            return event
        } catch {
            try keep(ceremony.record)
            throw error
        }
    }

    /// Restarts a key at component 1, after the card refused one.
    public mutating func startOver(_ key: KeyName) { ceremony.startOver(key) }

    private func asking<Answer>(_ body: () throws(MasterKeyError) -> Answer) throws(CeremonyError) -> Answer {
        do {
            return try body()
        } catch {
            throw CeremonyError(.card, "the master-key card", cause: error)
        }
    }
}
