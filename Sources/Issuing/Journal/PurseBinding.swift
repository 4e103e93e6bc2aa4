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
    /// The highest number answered; nil where an earlier version bound a purse without asking for it, or where the journal
    /// was lost.
    private var highest: UInt32? = 0
    private var slots: [UtilityService: (meter: PartyID, number: UInt32)] = [:]
    /// The meters of BINDs that had no answer.
    private var unanswered: [UtilityService: PartyID] = [:]
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
                (slots, unanswered, abandoned, highest) = ([:], [:], 0, nil)
                ordered = Dictionary(purses.map { ($0.service, $0) }) { $1 }
            case .bindStarted(let purse):
                ordered[purse.service] = purse
                unanswered[purse.service] = purse.meter
            case .bindRefused(let service): unanswered[service] = nil
            case .bound(let answer):
                unanswered[answer.service] = nil
                let meter = ordered[answer.service]?.meter ?? .none
                slots[answer.service] = meter == .none ? nil : (meter, answer.binding)
                if meter != .none, answer.binding == 0 { highest = nil }
                highest = highest.map { max($0, answer.binding) }
            default: break
            }
        }
    }

    /// The meter of a BIND that had no answer, if it is another one: what it leaves behind is not known yet.
    func unansweredMeter(of service: UtilityService, besides meter: PartyID) -> PartyID? {
        unanswered[service].flatMap { $0 == meter ? nil : $0 }
    }

    /// Whether a card may answer `number` to a BIND to `meter`.
    func allow(_ number: UInt32, of service: UtilityService, boundTo meter: PartyID) -> Bool {
        guard meter != .none else { return number == 0 }
        if let slot = slots[service], slot.meter == meter, slot.number > 0 { return number == slot.number }
        guard let highest else { return true }
        // Each BIND of another purse without an answer may have made a slot or not.
        let open = unanswered.filter { $0.key != service && $0.value != .none }.count
        return number > highest && UInt64(number) <= UInt64(highest) + 1 + UInt64(open + abandoned)
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
