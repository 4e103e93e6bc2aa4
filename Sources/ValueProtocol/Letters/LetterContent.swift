/// What a letter tells a meter that nobody but a card visits: rules, a time, and the cards to refuse (protocol §10).
///
/// The host numbers a meter's letters upwards, and puts into each all that the meter has not acknowledged yet.
public struct LetterContent: Sendable, Hashable {
    /// Above that of every letter before, to this meter.
    public let number: UInt32
    /// What the meter charges and allows; nil: as before.
    public let rules: SupplyRules?
    /// The meter's clock is set to it where it shows an earlier time; nil: as it is.
    public let clock: Timestamp?
    /// Cards that the meter refuses from now on, irreversibly.
    public let refusedCards: [PartyID]

    /// - Parameters:
    ///   - number: above that of every letter before, to this meter.
    ///   - rules: for its list of rules; nil for none.
    ///   - clock: what its clock shows at least; nil for none.
    ///   - refusedCards: refused by the meter from now on.
    /// - Returns: nil if the letter would have more than 2,400 bytes.
    public init?(number: UInt32, rules: SupplyRules? = nil, clock: Timestamp? = nil, refusedCards: [PartyID] = []) {
        self.number = number
        self.rules = rules
        self.clock = clock
        self.refusedCards = refusedCards
        guard bytes.count + Letter.endByteCount <= Letter.maxByteCount else { return nil }
    }

    /// `number u32 ‖ E1 rules? ‖ E2 clock u32? ‖ E3 (card's EID)+?`
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: number)
        if let rules { bytes.append(object: Tag.rules, rules.bytes) }
        if let clock { bytes.append(object: Tag.clock, clock.rawValue) }
        if !refusedCards.isEmpty {
            var value: [UInt8] = []
            for card in refusedCards { value.append(card) }
            bytes.append(object: Tag.refusedCards, value)
        }
        return bytes
    }

    /// Parses what `bytes` makes; nil for anything else.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 4 else { return nil }
        number = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        var rest = bytes.dropFirst(4)
        var (rules, clock, refusedCards) = (nil as SupplyRules?, nil as Timestamp?, [PartyID]())
        if let value = rest.take(Tag.rules) {
            do {
                rules = try SupplyRules(Array(value))
            } catch {
                return nil
            }
        }
        if let value = rest.take(Tag.clock) {
            guard value.count == 4 else { return nil }
            clock = Timestamp(rawValue: value.reduce(0) { $0 << 8 | UInt32($1) })
        }
        if let value = rest.take(Tag.refusedCards) {
            guard !value.isEmpty, value.count % 8 == 0 else { return nil }
            var reader = ByteReader(value.span)
            while reader.remaining > 0 { refusedCards.append(reader.readParty()) }
        }
        guard rest.isEmpty else { return nil }
        (self.rules, self.clock, self.refusedCards) = (rules, clock, refusedCards)
    }

    private enum Tag {
        static let rules: UInt8 = 0xE1
        static let clock: UInt8 = 0xE2
        static let refusedCards: UInt8 = 0xE3
    }
}

extension ArraySlice<UInt8> {
    /// Removes a data object with that tag from the front; nil, and nothing is removed, where there is none, or its
    /// length is cut off or not in as few bytes as it can be.
    fileprivate mutating func take(_ tag: UInt8) -> ArraySlice<UInt8>? {
        guard first == tag, count >= 2 else { return nil }
        let content = dropFirst(2)
        let form = self[startIndex + 1]
        let head: Int
        switch form {
        case ..<0x80: head = 0
        case 0x81: head = 1
        case 0x82: head = 2
        default: return nil
        }
        guard content.count >= head else { return nil }
        let length = head == 0 ? Int(form) : content.prefix(head).reduce(0) { $0 << 8 | Int($1) }
        let isShort = head == 0 || (head == 1 ? length >= 0x80 : length >= 0x100)
        let value = content.dropFirst(head)
        guard isShort, value.count >= length else { return nil }
        self = value.dropFirst(length)
        return value.prefix(length)
    }
}
