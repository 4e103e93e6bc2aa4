package import ValueProtocol

/// Text form of journal entries.
///
/// `time EID event …`, where a plan's keys are `purpose.version.KCV` and its purses
/// `service.currency.limit.meter.version`, numbers in decimal except KCV and EIDs, each list comma-separated or `-`. What
/// BIND answered is `service binding`, and where a debit was left `meter.NT.amount`.
enum JournalText {
    static func line(of entry: JournalEntry) -> String {
        ([entry.time.description, "\(entry.element)"] + words(of: entry.event)).joined(separator: " ")
    }

    fileprivate static func words(of event: IssueEvent) -> [String] {
        switch event {
        case .begun(let plan): ["begun", list(plan.keys, word), list(plan.purses, word)]
        case .keysLoaded: ["keys-put"]
        case .bound(let answer):
            ["bound", "\(answer.service.rawValue)", "\(answer.binding)"]
                + (answer.left.map { ["\($0.meter).\($0.nt).\($0.amount.rawValue)"] } ?? [])
        case .stateSent: ["state-sent"]
        case .issued: ["issued"]
        case .verified: ["verified"]
        case .abandoned: ["abandoned"]
        case .rotationStarted(let names): ["rotation-begun", list(names, word)]
        case .bindStarted(let purse): ["bind-begun", word(purse)]
        case .bindRefused(let service): ["bind-refused", "\(service.rawValue)"]
        case .rotated(let names): ["rotated", list(names, word)]
        case .blockSent: ["block-sent"]
        case .blocked: ["blocked"]
        case .replaced(let replacement): ["replaced", "\(replacement)"]
        case .adopted(let purses): ["adopted", list(purses, word)]
        }
    }

    static func entry(_ words: ArraySlice<String>) -> JournalEntry? {
        guard words.count >= 3, let time = UInt32(words[words.startIndex]),
            let element = PartyID(words[words.startIndex + 1]),
            let event = event(Array(words.dropFirst(2)), of: element)
        else { return nil }
        return JournalEntry(element, event, at: Timestamp(rawValue: time))
    }

    fileprivate static func event(_ words: [String], of element: PartyID) -> IssueEvent? {
        switch (words[0], words.count) {
        case ("begun", 3): plan(of: element, words[1], words[2]).map { .begun($0) }
        case ("keys-put", 1): .keysLoaded
        case ("bound", 2...4): bound(words.dropFirst()).map { .bound($0) }
        case ("state-sent", 1): .stateSent
        case ("issued", 1): .issued
        case ("verified", 1): .verified
        case ("abandoned", 1): .abandoned
        case ("rotation-begun", 2): items(words[1], keyName).map { .rotationStarted($0) }
        case ("bind-begun", 2): items(words[1], purse).flatMap { $0.count == 1 ? .bindStarted($0[0]) : nil }
        case ("bind-refused", 2): UInt8(words[1]).map { .bindRefused(UtilityService(rawValue: $0)) }
        case ("rotated", 2): items(words[1], keyName).map { .rotated($0) }
        case ("block-sent", 1): .blockSent
        case ("blocked", 1): .blocked
        case ("replaced", 2): PartyID(words[1]).map { .replaced(by: $0) }
        case ("adopted", 2): items(words[1], purse).map { .adopted($0) }
        default: nil
        }
    }

    private static func bound(_ words: ArraySlice<String>) -> Bind.Answer? {
        let words = Array(words)
        guard let service = UInt8(words[0]).map(UtilityService.init(rawValue:)) else { return nil }
        guard words.count > 1 else { return Bind.Answer(service: service, binding: 0, left: nil) }
        guard let binding = UInt32(words[1]) else { return nil }
        guard words.count > 2 else { return Bind.Answer(service: service, binding: binding, left: nil) }
        let parts = words[2].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let meter = PartyID(parts[0]), let nt = UInt32(parts[1]), let amount = UInt64(parts[2])
        else { return nil }
        return Bind.Answer(
            service: service, binding: binding,
            left: LeftDebit(meter: meter, nt: nt, amount: Amount(rawValue: amount)))
    }

    private static func plan(of element: PartyID, _ keys: String, _ purses: String) -> IssuePlan? {
        guard let keys = items(keys, heldKey), let purses = items(purses, purse) else { return nil }
        do {
            return try IssuePlan(eid: element, keys: keys, purses: purses)
        } catch {
            return nil
        }
    }

    private static func list<Item>(_ items: [Item], _ word: (Item) -> String) -> String {
        items.isEmpty ? "-" : items.map(word).joined(separator: ",")
    }

    private static func items<Item>(_ text: String, _ item: ([Substring]) -> Item?) -> [Item]? {
        guard text != "-" else { return [] }
        var items: [Item] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let item = item(word.split(separator: ".", omittingEmptySubsequences: false)) else { return nil }
            items.append(item)
        }
        return items
    }

    private static func word(_ name: KeyName) -> String { "\(name.purpose.rawValue).\(name.version)" }
    private static func word(_ key: KeyDescriptor) -> String { "\(word(key.name)).\(key.checkValue)" }
    private static func word(_ purse: PursePlan) -> String {
        "\(purse.service.rawValue).\(purse.currency.rawValue).\(purse.limit.rawValue).\(purse.meter).\(purse.version)"
    }

    private static func keyName(_ parts: [Substring]) -> KeyName? {
        guard parts.count == 2, let purpose = UInt8(parts[0]).flatMap(Purpose.init(rawValue:)),
            let version = UInt8(parts[1])
        else { return nil }
        return KeyName(purpose, version)
    }

    private static func heldKey(_ parts: [Substring]) -> KeyDescriptor? {
        guard parts.count == 3, let name = keyName(Array(parts[..<2])), let value = UInt32(parts[2], radix: 16) else {
            return nil
        }
        return KeyDescriptor(name, KeyCheckValue(rawValue: value))
    }

    private static func purse(_ parts: [Substring]) -> PursePlan? {
        guard parts.count == 5, let service = UInt8(parts[0]), let currency = UInt16(parts[1]),
            let limit = UInt64(parts[2]), let meter = PartyID(parts[3]), let version = UInt8(parts[4])
        else { return nil }
        return PursePlan(
            service: UtilityService(rawValue: service), currency: Currency(rawValue: currency),
            limit: Amount(rawValue: limit), meter: meter, version: version)
    }
}

extension IssueEvent {
    /// The words of the event in a journal's line.
    package var encoded: String { JournalText.words(of: self).joined(separator: " ") }

    /// Parses `encoded`; nil for anything else.
    package init?(encoded: String, of element: PartyID) {
        let words = encoded.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
        guard let event = JournalText.event(words, of: element) else { return nil }
        self = event
    }
}
