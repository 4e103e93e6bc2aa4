public import ValueProtocol

/// What a journal knows of a purse that was bound after its element was issued.
public struct PurseBinding: Sendable, Hashable {
    /// As it was ordered last.
    public let purse: PursePlan
    /// Whether the element answered BIND. If not, it may have been carried out or not; the same BIND again settles it.
    public let isAnswered: Bool
}

extension IssueJournal {
    /// The purses of `element` bound after it was issued, ascending by service.
    public func bindings(of element: PartyID) throws(JournalError) -> [PurseBinding] {
        var (answered, open): ([UtilityService: PursePlan], [UtilityService: PursePlan]) = ([:], [:])
        for entry in try history(of: element) {
            switch entry.event {
            case .begun: (answered, open) = ([:], [:])
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
