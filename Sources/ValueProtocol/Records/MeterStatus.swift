/// What a meter reports to the host through a card: BER-TLV, context class, at most 128 bytes (protocol §6).
///
/// `80` counter u64, `81` balance u64, `82` spent u64, `83` valve u8 (1 open), `84` clock u32, `85` state u8, `86`
/// wrong signatures u16, `87` (card's EID ‖ credited NT u32 ‖ credited in all u64)*, `88` number of the last letter
/// taken u32 ‖ id in force u16 ‖ next id u16.
public struct MeterStatus: Sendable, Hashable {
    /// Litres of gas or water, or Wh of heat or electricity.
    public let counter: UInt64
    /// Before the redemption that carries it.
    public let balance: Amount
    public let spent: Amount
    public let isValveOpen: Bool
    public let clock: Timestamp
    public let state: LifeCycle
    public let wrongSignatures: UInt16
    /// The cards that the meter credited last, the newest first; nil in a status that an earlier version wrote.
    public let credited: [CreditedCard]?
    /// What it charges by; nil in a status that an earlier version wrote.
    public let rules: RulesStatus?

    /// What became of a card's debits at the meter.
    public struct CreditedCard: Sendable, Hashable {
        public let card: PartyID
        /// Of the last debit that the meter has credited.
        public let nt: UInt32
        /// Everything that the meter has credited from this card.
        public let total: Amount

        public init(card: PartyID, nt: UInt32, total: Amount) {
            self.card = card
            self.nt = nt
            self.total = total
        }
    }

    /// Which letter was taken last, which table or rules are in force, and what comes next.
    public struct RulesStatus: Sendable, Hashable {
        /// 0 before the first.
        public let lastLetter: UInt32
        /// 0 if none is.
        public let inForce: UInt16
        /// 0 if none waits.
        public let next: UInt16

        public init(lastLetter: UInt32 = 0, inForce: UInt16, next: UInt16) {
            self.lastLetter = lastLetter
            self.inForce = inForce
            self.next = next
        }
    }

    /// How many cards a status tells of.
    public static let maxCreditedCount = 3
    private static let creditedByteCount = 20

    /// The encoded status, as in a DEBIT.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        func append(_ tag: UInt8, _ value: some FixedWidthInteger) {
            bytes += [tag, UInt8(value.bitWidth / 8)]
            bytes.append(bigEndian: value)
        }
        append(0x80, counter)
        append(0x81, balance.rawValue)
        append(0x82, spent.rawValue)
        append(0x83, isValveOpen ? 1 : 0 as UInt8)
        append(0x84, clock.rawValue)
        append(0x85, state.rawValue)
        append(0x86, wrongSignatures)
        if let credited {
            bytes += [0x87, UInt8(credited.count * MeterStatus.creditedByteCount)]
            for card in credited {
                bytes.append(card.card)
                bytes.append(bigEndian: card.nt)
                bytes.append(bigEndian: card.total.rawValue)
            }
        }
        if let rules {
            bytes += [0x88, 8]
            bytes.append(bigEndian: rules.lastLetter)
            bytes.append(bigEndian: rules.inForce)
            bytes.append(bigEndian: rules.next)
        }
        return bytes
    }

    /// - Precondition: `credited` has at most three entries.
    public init(
        counter: UInt64, balance: Amount, spent: Amount, isValveOpen: Bool, clock: Timestamp, state: LifeCycle,
        wrongSignatures: UInt16, credited: [CreditedCard]? = nil, rules: RulesStatus? = nil
    ) {
        precondition((credited?.count ?? 0) <= MeterStatus.maxCreditedCount, "a status has room for three cards")
        self.counter = counter
        self.balance = balance
        self.spent = spent
        self.isValveOpen = isValveOpen
        self.clock = clock
        self.state = state
        self.wrongSignatures = wrongSignatures
        self.credited = credited
        self.rules = rules
    }

    /// Parses a status; `87` and `88` may be missing, as in one that an earlier version wrote.
    ///
    /// - Returns: nil if the bytes are not a valid status.
    public init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes.span)
        func read<T: FixedWidthInteger & UnsignedInteger>(_ tag: UInt8, _ reader: inout ByteReader) -> T? {
            guard reader.readByte() == tag, reader.readByte() == UInt8(T.bitWidth / 8) else { return nil }
            return reader.read()
        }
        guard let counter: UInt64 = read(0x80, &reader), let balance: UInt64 = read(0x81, &reader),
            let spent: UInt64 = read(0x82, &reader), let valve: UInt8 = read(0x83, &reader),
            let clock: UInt32 = read(0x84, &reader), let state: UInt8 = read(0x85, &reader),
            let wrong: UInt16 = read(0x86, &reader), let life = LifeCycle(rawValue: state)
        else { return nil }
        var credited: [CreditedCard]?
        var rules: RulesStatus?
        while reader.remaining > 0 {
            let tag = reader.readByte()
            let length = Int(reader.readByte())
            switch tag {
            case 0x87 where credited == nil && rules == nil:
                let (count, rest) = length.quotientAndRemainder(dividingBy: MeterStatus.creditedByteCount)
                guard rest == 0, count <= MeterStatus.maxCreditedCount else { return nil }
                var cards: [CreditedCard] = []
                for _ in 0..<count {
                    cards.append(
                        CreditedCard(
                            card: reader.readParty(), nt: reader.read(), total: Amount(rawValue: reader.read())))
                }
                credited = cards
            case 0x88 where rules == nil && length == 8:
                rules = RulesStatus(lastLetter: reader.read(), inForce: reader.read(), next: reader.read())
            default: return nil
            }
        }
        guard reader.isFinished else { return nil }
        self.init(
            counter: counter, balance: Amount(rawValue: balance), spent: Amount(rawValue: spent),
            isValveOpen: valve == 1, clock: Timestamp(rawValue: clock), state: life, wrongSignatures: wrong,
            credited: credited, rules: rules)
    }
}
