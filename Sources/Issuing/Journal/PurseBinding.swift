public import ValueProtocol

/// What a journal knows of a purse that was bound after its element was issued.
public struct PurseBinding: Sendable, Hashable {
    /// As it was ordered last.
    public let purse: PursePlan
    /// Whether the element answered BIND. If not, it may have been carried out or not; the same BIND again settles it.
    public let isAnswered: Bool
}

/// What a journal knows of the numbers that a card gives its slots (protocol §4, BIND).
///
/// A card that answers another number than it must was set back to an earlier state, or copied.
struct SlotNumbers {
    /// The highest number that the card is known to have given: it gives no new slot that one or a lower one.
    private var highest: UInt32 = 0
    /// Whether it may have given higher ones that nobody was told: an earlier version bound a purse without asking for its
    /// number, or purses were adopted as the card shows them; until the card answers with the number of a new slot.
    private var isOpenAbove = false
    /// The number is 0 where it is not known.
    private var slots: [UtilityService: (meter: PartyID, number: UInt32)] = [:]
    /// The meters of BINDs that had no answer, and the highest number of the moment when the first of them was sent: the
    /// slot may have been made before those of other purses that were answered since.
    private var unanswered: [UtilityService: (meter: PartyID, highest: UInt32)] = [:]
    /// How many slots plans that were abandoned may have made.
    private var abandoned = 0

    init(_ history: [JournalEntry]) {
        var ordered: [UtilityService: PursePlan] = [:]
        for entry in history {
            switch entry.event {
            case .begun(let plan):
                abandoned += ordered.values.count { $0.meter != .none }
                (slots, unanswered, ordered) = ([:], [:], [:])
                for purse in plan.purses { ordered[purse.service] = purse }
            case .adopted(let purses):
                (slots, unanswered, abandoned, isOpenAbove) = ([:], [:], 0, true)
                ordered = Dictionary(purses.map { ($0.service, $0) }) { $1 }
                for purse in purses where purse.meter != .none { slots[purse.service] = (purse.meter, 0) }
            case .bindStarted(let purse):
                ordered[purse.service] = purse
                unanswered[purse.service] = (purse.meter, unanswered[purse.service]?.highest ?? highest)
            case .bindRefused(let service): unanswered[service] = nil
            case .bound(let answer):
                unanswered[answer.service] = nil
                learn(answer.binding, of: answer.service, boundTo: ordered[answer.service]?.meter ?? .none)
            default: break
            }
        }
    }

    private mutating func learn(_ number: UInt32, of service: UtilityService, boundTo meter: PartyID) {
        guard meter != .none else {
            slots[service] = nil
            return
        }
        let isNew = slots[service]?.meter != meter
        slots[service] = (meter, number)
        if number == 0 {
            isOpenAbove = true
        } else if isNew {
            isOpenAbove = false
        }
        highest = max(highest, number)
    }

    /// The meter of a BIND that had no answer, if it is another one: what it leaves behind is not known yet.
    func unansweredMeter(of service: UtilityService, besides meter: PartyID) -> PartyID? {
        unanswered[service].flatMap { $0.meter == meter ? nil : $0.meter }
    }

    /// Whether a card may answer `number` to a BIND to `meter`.
    func allow(_ number: UInt32, of service: UtilityService, boundTo meter: PartyID) -> Bool {
        guard meter != .none else { return number == 0 }
        // Each BIND of another purse without an answer may have made a slot or not.
        let open = unanswered.filter { $0.key != service && $0.value.meter != .none }.count
        let most = isOpenAbove ? UInt64.max : UInt64(highest) + 1 + UInt64(open + abandoned)
        if let slot = slots[service], slot.meter == meter {
            return slot.number == 0 ? UInt64(number) <= most : number == slot.number
        }
        let before = unanswered[service]?.highest ?? highest
        // A card of an earlier version has no numbers.
        let isAbove = number > before || (isOpenAbove && highest == 0)
        return isAbove && UInt64(number) <= most
    }
}

extension IssueJournal {
    /// What the last BIND of a purse answered; nil if there was none.
    public func lastBinding(of service: UtilityService, on element: PartyID) throws(JournalError) -> Bind.Answer? {
        for entry in try history(of: element).reversed() {
            if case .bound(let answer) = entry.event, answer.service == service { return answer }
        }
        return nil
    }

    /// The purses of `element` bound after it was issued, ascending by service.
    public func bindings(of element: PartyID) throws(JournalError) -> [PurseBinding] {
        var (answered, open): ([UtilityService: PursePlan], [UtilityService: PursePlan]) = ([:], [:])
        for entry in try history(of: element) {
            switch entry.event {
            case .begun: (answered, open) = ([:], [:])
            case .adopted(let purses): (answered, open) = (Dictionary(purses.map { ($0.service, $0) }) { $1 }, [:])
            case .bindStarted(let purse): open[purse.service] = purse
            case .bindRefused(let service): open[service] = nil
            case .bound(let answer):
                if let purse = open.removeValue(forKey: answer.service) { answered[answer.service] = purse }
            default: break
            }
        }
        return answered.merging(open) { $1 }.values.sorted { $0.service < $1.service }.map {
            PurseBinding(purse: $0, isAnswered: open[$0.service] == nil)
        }
    }
}
