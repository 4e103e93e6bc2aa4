public import ValueProtocol

/// The state of a ceremony, without secrets. Stored, it lets a ceremony continue another day.
public struct CeremonyRecord: Sendable, Hashable {
    /// One component sent to the card.
    public struct Component: Sendable, Hashable {
        public let request: ComponentRequest
        public let checkValue: KeyCheckValue
        /// False while its answer is outstanding.
        public var isConfirmed: Bool
    }

    /// The card's own ID; nil before it was first selected.
    public internal(set) var card: PartyID?
    public internal(set) var components: [Component] = []
    /// Whose first PIN was sent, and whether it was acknowledged.
    public internal(set) var pins: [KeyCustodian: Bool] = [:]
    public internal(set) var rulesSet = false

    public init() {}

    /// The record as lines of text.
    public var lines: [String] {
        var lines = ["value-store ceremony 1"]
        if let card { lines.append("card \(card)") }
        for (custodian, isConfirmed) in pins.sorted(by: { $0.key < $1.key }) {
            lines.append("pin \(custodian.rawValue) \(isConfirmed ? "set" : "sent")")
        }
        for component in components {
            let request = component.request
            lines.append(
                "component \(request.key.purpose.rawValue) \(request.key.version) \(request.number) \(request.count) "
                    + "\(request.custodian.rawValue) \(component.checkValue) "
                    + (component.isConfirmed ? "taken" : "sent"))
        }
        if rulesSet { lines.append("rules") }
        lines.append("end")
        return lines
    }

    /// Parses `lines`.
    ///
    /// - Throws: `CeremonyError` `.recordWrong`, with the line.
    public init(lines: [String]) throws(CeremonyError) {
        guard lines.first == "value-store ceremony 1", lines.last == "end" else {
            throw CeremonyError(.recordWrong, "its first and last line")
        }
        for (index, line) in lines.enumerated().dropFirst().dropLast() {
            guard parse(line.split(separator: " ").map(String.init)) else {
                throw CeremonyError(.recordWrong, "line \(index + 1)")
            }
        }
    }

    private mutating func parse(_ words: [String]) -> Bool {
        switch (words.first, words.count) {
        case ("card", 2):
            card = PartyID(words[1])
            return card != nil
        case ("pin", 3):
            guard let custodian = UInt8(words[1]).flatMap(KeyCustodian.init(rawValue:)),
                let state = Self.state(words[2])
            else { return false }
            pins[custodian] = state
            return true
        case ("component", 8):
            guard let purpose = UInt8(words[1]).flatMap(Purpose.init(rawValue:)), let version = UInt8(words[2]),
                let number = UInt8(words[3]), let count = UInt8(words[4]),
                let custodian = UInt8(words[5]).flatMap(KeyCustodian.init(rawValue:)),
                let checkValue = UInt32(words[6], radix: 16), let state = Self.state(words[7])
            else { return false }
            let request = ComponentRequest(
                key: KeyName(purpose, version), number: number, count: count, custodian: custodian)
            components.append(
                Component(request: request, checkValue: KeyCheckValue(rawValue: checkValue), isConfirmed: state))
            return true
        case ("rules", 1):
            rulesSet = true
            return true
        default: return false
        }
    }

    private static func state(_ word: String) -> Bool? {
        switch word {
        case "set", "taken": true
        case "sent": false
        default: nil
        }
    }
}
