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
    /// The service it measures.
    var service: UtilityService { get }
    var now: Timestamp { get }
    /// The status sent to the host through the card.
    var status: MeterStatus { get }
    /// Changes the element in one commit, to which the meter may add more.
    func commitCredit(_ amount: Amount, _ change: (inout ElementImage) -> Void) throws(MeterError)
}

extension OffLineMeter: CardRedeemer {
    var randomness: any RandomSource { parts.randomness }
    var now: Timestamp { parts.clock.now }

    func commitCredit(_ amount: Amount, _ change: (inout ElementImage) -> Void) throws(MeterError) {
        try commit(registers, change)
    }

    /// The status sent to the host through the next card.
    public var status: MeterStatus {
        let image = card.element?.image
        return MeterStatus(
            counter: registers.counter, balance: image?.purse(service)?.balance ?? .zero, spent: registers.spent,
            isValveOpen: parts.valve.isOpen, clock: parts.clock.now, state: image?.state ?? .blank,
            wrongSignatures: image?.wrongSignatures ?? 0)
    }
}

extension ElectricMeter: CardRedeemer {
    var randomness: any RandomSource { parts.randomness }
    package var now: Timestamp { parts.clock.now }

    func commitCredit(_ amount: Amount, _ change: (inout ElementImage) -> Void) throws(MeterError) {
        let events: [(EventCode, UInt32)] =
            amount > .zero ? [(.cardRedeemed, UInt32(clamping: amount.rawValue))] : []
        try commit(registers, events: events, change)
    }

    /// The status sent to the host through the next card.
    public var status: MeterStatus {
        MeterStatus(
            counter: registers.wattHours, balance: purse?.balance ?? .zero, spent: registers.spent,
            isValveOpen: decision.isOn, clock: now, state: image?.state ?? .blank,
            wrongSignatures: image?.wrongSignatures ?? 0)
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
        if !image.credited.contains(where: { $0.card == info.eid }),
            image.credited.count >= ElementImage.maxCreditedCount
        {
            throw MeterError(.cardListFull, "\(info.eid)")
        }
        var conversation = try open(info, channel)
        var recovered = Amount.zero
        var result = try draw(asked, purse.currency, &conversation)
        if result.status == .stale {
            recovered = try recover(&conversation)
            result = try draw(asked, purse.currency, &conversation)
        }
        if result.status == .notEnoughValue { result = try draw(.zero, purse.currency, &conversation) }
        guard let answer = result.answer else { throw refusal(result.status, info.eid) }
        try credit(answer.debited, nt: answer.nt, of: info.eid)
        return Redemption(
            card: info.eid, drawn: answer.debited, recovered: recovered, cardBalance: answer.balance,
            meterBalance: card.element?.image.purse(service)?.balance ?? .zero)
    }

    /// Opens a TRANSFER session under the newest version held, or the previous one.
    private func open(
        _ info: ElementInfo, _ channel: any CardChannel
    ) throws(MeterError) -> ElementConversation {
        let versions = card.element?.image.keys.filter { $0.name.purpose == .transfer }.map(\.name).suffix(2) ?? []
        var refusal = MeterError(.notBound, "\(info.eid)")
        for key in versions.reversed() {
            do {
                return try ElementConversation(with: info, over: channel, by: authority(), key: key)
            } catch {
                switch error.code {
                case .noSuchKey: refusal = MeterError(.notBound, "\(info.eid)", cause: error)
                case .noAnswer: throw MeterError(.interrupted, "\(info.eid)", cause: error)
                case .wrongState: throw MeterError(.blockedCard, "\(info.eid)", cause: error)
                case .refused: throw MeterError(.cardRefused, "\(info.eid)", cause: error)
                default: throw MeterError(.authenticationFailed, "\(info.eid)", cause: error)
                }
            }
        }
        throw refusal
    }

    private func authority() -> SoftwareAuthority {
        let source = SlotKeys(self)
        return SoftwareAuthority(
            pid: id, keys: source, register: source, randomness: randomness, suite: suite)
    }

    private func draw(
        _ asked: Amount, _ currency: Currency, _ conversation: inout ElementConversation
    ) throws(MeterError) -> OperationResult<Debit.Answer> {
        let purse = card.element?.image.purse(service)
        let capacity = purse.flatMap { $0.limit.subtracting($0.balance) } ?? .zero
        let order = Debit(
            creditedNT: creditedNT(of: conversation.element.eid), currency: currency, amount: min(asked, capacity),
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

    /// Finds the debit that was not credited, and credits it.
    private func recover(_ conversation: inout ElementConversation) throws(MeterError) -> Amount {
        let eid = conversation.element.eid
        let result: OperationResult<AskStatus.Answer>
        do {
            result = try conversation.execute(AskStatus(service: service))
        } catch {
            throw MeterError(.interrupted, "\(eid)", cause: error)
        }
        guard let found = result.answer, found.found, found.nt > creditedNT(of: eid) else {
            throw refusal(.stale, eid)
        }
        guard let purse = card.element?.image.purse(service), let sum = purse.balance.adding(found.amount),
            sum <= purse.limit
        else { throw MeterError(.purseLimitExceeded, "\(eid)") }
        try credit(found.amount, nt: found.nt, of: eid)
        return found.amount
    }

    /// Credits a debit to the meter's purse and records its NT in one write: exactly once.
    private func credit(_ amount: Amount, nt: UInt32, of eid: PartyID) throws(MeterError) {
        try commitCredit(amount) { image in
            guard var purse = image.purse(UtilityService(rawValue: image.eid.kind.rawValue)) else { return }
            purse.balance = Amount(rawValue: purse.balance.rawValue + amount.rawValue)
            image.put(purse)
            image.credited.removeAll { $0.card == eid }
            image.credited.append(CreditedDebit(card: eid, nt: nt))
        }
    }

    func creditedNT(of eid: PartyID) -> UInt32 {
        card.element?.image.credited.first { $0.card == eid }?.nt ?? 0
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

/// A meter's keys for cards, derived from its own TRANSFER keys, and what it remembers of the cards.
private final class SlotKeys: KeySource, ElementRegister {
    private let meter: any CardRedeemer
    init(_ meter: any CardRedeemer) { self.meter = meter }

    func elementKey(_ name: KeyName, of eid: PartyID, _ suite: CipherSuite) -> Secret? {
        guard name.purpose == .transfer, let own = meter.card.element?.image.key(name) else { return nil }
        return suite.cardToMeterKey(own, version: name.version, card: eid)
    }

    func cardToMeterKey(version: UInt8, meter: PartyID, card: PartyID, _ suite: CipherSuite) -> Secret? { nil }

    /// A session must be newer than the last credited debit.
    func lastNT(of eid: PartyID) throws(SessionError) -> UInt32? { meter.creditedNT(of: eid) }
    /// The version before the newest is also accepted, as cards are rebound one by one.
    func highestVersion(of purpose: Purpose, for eid: PartyID) throws(SessionError) -> UInt8? { nil }
    func wasIssued(_ eid: PartyID) throws(SessionError) -> Bool { true }
    func recordGenuine(_ identity: SessionIdentity) throws(SessionError) {}
    func recordLoadedKeys(_ keys: [KeyName], to eid: PartyID) throws(SessionError) {}
    func recordIssued(_ eid: PartyID) throws(SessionError) {}
}
