import CardCrypto
import ISO7816
import ValueElement
public import ValueProtocol

/// A meter that draws value from cards by its own authority. The procedure is the same in every meter; where it records
/// the result is up to the meter.
protocol CardRedeemer: AnyObject {
    var name: String { get }
    var id: PartyID { get }
    var card: ValueCard { get }
    var suite: CipherSuite { get }
    var randomness: any RandomSource { get }
    /// How many sources it measures separately.
    var channelCount: Int { get }
    /// The service it measures.
    var service: UtilityService { get }
    var now: Timestamp { get }
    /// The status sent to the host through the card.
    var status: MeterStatus { get }
    /// Changes the element in one commit, to which the meter may add more.
    func commitCredit(_ amount: Amount, _ change: (inout ElementImage) -> Void) throws(MeterError)
    /// Takes a letter that the element can take, and sets the clock to `clock`, in one commit.
    func commitLetter(_ content: LetterContent, clock: Timestamp?) throws(MeterError)
    /// Records that a letter was left.
    func leaveLetter(number: UInt32) throws(MeterError)
}

extension OffLineMeter: CardRedeemer {
    var randomness: any RandomSource { parts.randomness }
    var now: Timestamp { parts.clock.now }
    var channelCount: Int { 1 }

    func commitCredit(_ amount: Amount, _ change: (inout ElementImage) -> Void) throws(MeterError) {
        try followCharges(now)
        try commit(registers, change)
        if amount > .zero { try endEmergency() }
        try tick()
    }

    func commitLetter(_ content: LetterContent, clock: Timestamp?) throws(MeterError) {
        let now = now
        try followCharges(now)
        var registers = registers
        var book = chargeBook
        if let clock {
            registers.clockOffset += Int64(clock.rawValue) - Int64(now.rawValue)
            book.standing.setClock(to: terms.dayNumber(at: clock))
        }
        try commit(registers, also: book == chargeBook ? [] : [book.change(OffLineMeter.chargeBookRecord)]) { image in
            image = image.taking(content, at: now, channelCount: channelCount) ?? image
        }
        chargeBook = book
        // As it was written: a second may have passed.
        parts.clock.offset = registers.clockOffset
        try tick()
    }

    /// It has no events.
    func leaveLetter(number: UInt32) throws(MeterError) {}

    /// The status sent to the host through the next card.
    public var status: MeterStatus {
        let image = card.element?.image
        return MeterStatus(
            counter: registers.counter, balance: image?.purse(service)?.balance ?? .zero, spent: registers.spent,
            isValveOpen: parts.valve.isOpen, clock: parts.clock.now, state: image?.state ?? .blank,
            wrongSignatures: image?.wrongSignatures ?? 0, credited: image?.lastCredited ?? [],
            rules: image?.rules(at: parts.clock.now))
    }
}

extension ElectricMeter: CardRedeemer {
    var randomness: any RandomSource { parts.randomness }
    package var now: Timestamp { parts.clock.now }
    var channelCount: Int { configuration.channels }

    func commitCredit(_ amount: Amount, _ change: (inout ElementImage) -> Void) throws(MeterError) {
        let events: [(EventCode, UInt32)] =
            amount > .zero ? [(.cardRedeemed, UInt32(clamping: amount.rawValue))] : []
        var next = registers
        if amount > .zero { next.creditInAdvance = .zero }
        try commit(next, events: events, change)
    }

    func commitLetter(_ content: LetterContent, clock: Timestamp?) throws(MeterError) {
        let now = now
        try followCharges(now)
        var registers = registers
        var book = chargeBook
        var events: [(EventCode, UInt32)] = [(.letterTaken, content.number)]
        if let clock {
            book = chargeBook(afterSettingClockTo: clock)
            registers.clockOffset += Int64(clock.rawValue) - Int64(now.rawValue)
            registers.isTimeUnknown = false
            events.append((.clockSet, now.rawValue))
            parts.crystal?.restart()
        }
        let changes = book == chargeBook ? [] : [book.change(ElectricMeter.chargeBookRecord)]
        try commit(registers, also: changes, events: events) { image in
            image = image.taking(content, at: now, channelCount: channelCount) ?? image
        }
        chargeBook = book
        // As it was written: a second may have passed.
        parts.clock.offset = registers.clockOffset
    }

    func leaveLetter(number: UInt32) throws(MeterError) { try commit(registers, events: [(.letterLeft, number)]) }

    /// The status sent to the host through the next card.
    public var status: MeterStatus {
        MeterStatus(
            counter: registers.channels.wattHours, balance: purse?.balance ?? .zero, spent: registers.spent,
            isValveOpen: decision.isOn, clock: now, state: image?.state ?? .blank,
            wrongSignatures: image?.wrongSignatures ?? 0, credited: image?.lastCredited ?? [],
            rules: image?.rules(at: now))
    }
}

extension CardRedeemer {
    /// Draws value from the card exactly once.
    func draw(_ asked: Amount, from channel: any CardChannel) throws(MeterError) -> Redemption {
        guard let image = card.element?.image, let purse = image.purse(service) else {
            throw MeterError(.notIssued, name)
        }
        guard image.state == .issued else {
            throw MeterError(image.state == .blank ? .notIssued : .blockedMeter, name)
        }
        let info: ElementInfo
        do {
            info = try ElementInfo.select(over: channel)
        } catch {
            throw error.code == .noAnswer
                ? MeterError(.interrupted, name, cause: error)
                : MeterError(.notACard, "what is in the slot", cause: error)
        }
        guard info.eid.kind == .subscriberCard else { throw MeterError(.notACard, "\(info.eid)") }
        try requirePlace(for: info.eid)
        let keys = SlotKeys(self)
        var conversation = try open(info, channel, keys)
        var opened = now
        var slot = try examine(&conversation)
        if try !takeLetter(from: &conversation, openedAt: &opened) {
            // A card of an earlier version knows no letters, and its session has ended.
            conversation = try open(info, channel, keys)
            slot = try examine(&conversation)
        }
        try requirePlace(for: info.eid)
        var recovered = Amount.zero
        if slot.lastDebit.nt > known(info.eid).nt {
            try requireInTime(since: opened, info.eid)
            recovered = try recover(slot, info.eid, sessionNT: keys.sessionNT)
        } else {
            try note(info.eid, sessionNT: keys.sessionNT)
        }
        var result = try draw(asked, purse.currency, &conversation)
        if result.status == .notEnoughValue { result = try draw(.zero, purse.currency, &conversation) }
        guard let answer = result.answer else { throw refusal(result.status, info.eid) }
        try requireInTime(since: opened, info.eid)
        try credit(answer.debited, nt: answer.nt, binding: slot.binding, of: info.eid)
        return Redemption(
            card: info.eid, drawn: answer.debited, recovered: recovered, cardBalance: answer.balance,
            meterBalance: card.element?.image.purse(service)?.balance ?? .zero)
    }

    /// Opens a TRANSFER session under the newest version held, or the previous one.
    private func open(
        _ info: ElementInfo, _ channel: any CardChannel, _ keys: SlotKeys
    ) throws(MeterError) -> ElementConversation {
        let authority = SoftwareAuthority(pid: id, keys: keys, register: keys, randomness: randomness, suite: suite)
        let versions = card.element?.image.keys.filter { $0.name.purpose == .transfer }.map(\.name).suffix(2) ?? []
        var refusal = MeterError(.notBound, "\(info.eid)")
        for key in versions.reversed() {
            do {
                return try ElementConversation(with: info, over: channel, by: authority, key: key)
            } catch {
                switch error.code {
                case .noSuchKey: refusal = MeterError(.notBound, "\(info.eid)", cause: error)
                case .noAnswer: throw MeterError(.interrupted, "\(info.eid)", cause: error)
                case .wrongState: throw MeterError(.blockedCard, "\(info.eid)", cause: error)
                case .refused: throw MeterError(.cardRefused, "\(info.eid)", cause: error)
                case .staleElement: throw MeterError(.cardSetBack, "\(info.eid)", cause: error)
                default: throw MeterError(.authenticationFailed, "\(info.eid)", cause: error)
                }
            }
        }
        throw refusal
    }

    private func draw(
        _ asked: Amount, _ currency: Currency, _ conversation: inout ElementConversation
    ) throws(MeterError) -> OperationResult<Debit.Answer> {
        let capacity = card.element?.image.greatestCredit(to: service, at: now) ?? .zero
        let order = Debit(
            creditedNT: known(conversation.element.eid).nt, currency: currency, amount: min(asked, capacity),
            time: now, meterStatus: status.bytes)
        let result: OperationResult<Debit.Answer>
        do {
            result = try conversation.execute(order)
        } catch {
            throw MeterError(.interrupted, "\(conversation.element.eid)", cause: error)
        }
        // A card with a compromised key can claim anything; the purse's limit, and this meter, must withstand it.
        if let answer = result.answer, answer.debited > order.amount || answer.nt <= order.creditedNT {
            throw MeterError(.authenticationFailed, "\(conversation.element.eid)")
        }
        return result
    }

    /// Asks for the slot's number and its last debit, and refuses a card on which they go back: it was set back to an
    /// earlier memory, or copied (protocol §4, DEBIT).
    private func examine(
        _ conversation: inout ElementConversation
    ) throws(MeterError) -> (binding: UInt32, lastDebit: AskStatus.Answer) {
        let eid = conversation.element.eid
        let result: OperationResult<AskStatus.Answer>
        do {
            result = try conversation.execute(AskStatus(service: service))
        } catch {
            throw MeterError(.interrupted, "\(eid)", cause: error)
        }
        guard let found = result.answer, let binding = UInt32(exactly: found.highest.rawValue),
            found.found || found.nt == 0
        else { throw refusal(result.status, eid) }
        let known = known(eid)
        // A slot without a number was made by an earlier version, which may have made it anew after a debit.
        let isOlderDebit = binding == known.binding && binding > 0 && found.nt < known.nt
        guard binding >= known.binding, !isOlderDebit else { throw MeterError(.cardSetBack, "\(eid)") }
        return (binding, found)
    }

    /// Credits a debit of an earlier session.
    private func recover(
        _ slot: (binding: UInt32, lastDebit: AskStatus.Answer), _ eid: PartyID, sessionNT: UInt32
    ) throws(MeterError) -> Amount {
        let amount = slot.lastDebit.amount
        try credit(amount, nt: slot.lastDebit.nt, binding: slot.binding, of: eid, sessionNT: sessionNT)
        return amount
    }

    /// An answer that comes later than this credits nothing: STATUS finds the debit in the next session.
    private func requireInTime(since opened: Timestamp, _ eid: PartyID) throws(MeterError) {
        guard now.rawValue &- opened.rawValue <= sessionSeconds else { throw MeterError(.interrupted, "\(eid)") }
    }

    /// Writes down the session's NT before a DEBIT is sent; a card that is new takes its place.
    private func note(_ eid: PartyID, sessionNT: UInt32) throws(MeterError) {
        try commitCredit(.zero) { image in
            if let index = image.credited.firstIndex(where: { $0.card == eid }) {
                image.credited[index].lastNT = sessionNT
            } else {
                // The last of the list is the one that was credited last.
                image.credited.insert(CreditedDebit(card: eid, lastNT: sessionNT), at: 0)
            }
        }
    }

    /// Credits a debit to the meter's purse, after the share that repays debt, and records its NT and binding in one
    /// write: exactly once.
    private func credit(
        _ amount: Amount, nt: UInt32, binding: UInt32, of eid: PartyID, sessionNT: UInt32? = nil
    ) throws(MeterError) {
        var card = known(eid)
        card.nt = nt
        card.binding = binding
        card.total = card.total.addingUpToMost(amount)
        card.lastNT = max(card.lastNT, sessionNT ?? nt)
        let (now, service) = (now, service)
        // The share that repays debt may be another than when the amount was asked for.
        guard let image = self.card.element?.image, amount <= image.greatestCredit(to: service, at: now) else {
            throw MeterError(.purseLimitExceeded, "\(eid)")
        }
        try commitCredit(amount) { image in
            _ = image.credit(amount, to: service, at: now)
            image.credited.removeAll { $0.card == eid }
            image.credited.append(card)
        }
    }

    /// What the meter knows of a card: nothing yet of a new one.
    func known(_ eid: PartyID) -> CreditedDebit {
        card.element?.image.credited.first { $0.card == eid } ?? CreditedDebit(card: eid)
    }

    private func refusal(_ status: BusinessStatus, _ eid: PartyID) -> MeterError {
        switch status {
        case .blocked: MeterError(.blockedCard, "\(eid)")
        case .wrongCurrency: MeterError(.otherCurrency, "\(eid)")
        case .unknownService, .malformed: MeterError(.notBound, "\(eid)")
        default: MeterError(.authenticationFailed, "\(eid)")
        }
    }
}

/// Seconds after which a meter gives a session with a card up (protocol §4, DEBIT).
private let sessionSeconds: UInt32 = 60

extension ElementImage {
    /// What a meter status tells of cards.
    fileprivate var lastCredited: [MeterStatus.CreditedCard] {
        credited.filter { $0.nt > 0 }.suffix(MeterStatus.maxCreditedCount).reversed().map {
            MeterStatus.CreditedCard(card: $0.card, nt: $0.nt, total: $0.total)
        }
    }
}

/// A meter's keys for cards, derived from its own TRANSFER keys, and what it remembers of the cards.
private final class SlotKeys: KeySource, ElementRegister {
    private let meter: any CardRedeemer
    /// Of the session that is open.
    private(set) var sessionNT: UInt32 = 0

    init(_ meter: any CardRedeemer) { self.meter = meter }

    func elementKey(_ name: KeyName, of eid: PartyID, _ suite: CipherSuite) -> Secret? {
        guard name.purpose == .transfer, let own = meter.card.element?.image.key(name) else { return nil }
        return suite.cardToMeterKey(own, version: name.version, card: eid)
    }

    func cardToMeterKey(version: UInt8, meter: PartyID, card: PartyID, _ suite: CipherSuite) -> Secret? { nil }

    /// A session must be newer than the last one that was written down.
    func lastNT(of eid: PartyID) throws(SessionError) -> UInt32? { meter.known(eid).lastNT }
    /// The version before the newest is also accepted, as cards are rebound one by one.
    func highestVersion(of purpose: Purpose, for eid: PartyID) throws(SessionError) -> UInt8? { nil }
    func wasIssued(_ eid: PartyID) throws(SessionError) -> Bool { true }
    func recordGenuine(_ identity: SessionIdentity) throws(SessionError) { sessionNT = identity.nt }
    func recordLoadedKeys(_ keys: [KeyName], to eid: PartyID) throws(SessionError) {}
    func recordIssued(_ eid: PartyID) throws(SessionError) {}
}
