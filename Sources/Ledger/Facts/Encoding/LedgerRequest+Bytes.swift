internal import ValueProtocol

// The canonical encoding of a request, in the fact of its order: `kind u8 ‖ fields`, as said with `LedgerChange.bytes`.
//
// 01 setPurse        purse ‖ currency u16 ‖ limit u64
// 02 purchase        subscriber u64 ‖ currency u16 ‖ amount u64
// 03 load, 04 refund purse ‖ currency u16 ‖ amount u64 ‖ HTXN u64 ‖ party
// 05 retry           transfer u64
// 06 settle          transfer u64 ‖ 00, or the reason u8 of a void
// 07 cardStatement   purse ‖ currency u16 ‖ balance u64 ‖ NT u32 ‖ highest u64 ‖ slot? u64
// 08 meterStatement  purse ‖ currency u16 ‖ balance u64 ‖ spent? u64 ‖ debt? u64 ‖ cards? (count u8, and for each:
//                    card u64 ‖ NT u32 ‖ total u64) ‖ clock u32 ‖ 01 session (NT u32 ‖ highest u64), or 02 card (u64 ‖ NT u32)
// 09 leave           card u64 ‖ service u8 ‖ meter u64 ‖ NT u32 ‖ amount u64
// 0A payLeft         debit ‖ party ‖ approval?
// 0B replace         old u64 ‖ successor u64 ‖ carry u8 ‖ debt u8
// 0C assign          purse
// 0D carryOver       purse ‖ element u64 ‖ currency u16 ‖ amount u64 ‖ HTXN u64
// 0E release         purse ‖ party
// 0F correct         from ‖ to ‖ currency u16 ‖ amount u64 ‖ approval
// 10 resolve         difference u64 ‖ approval
//
// party              01 seller, 02 reseller (card u64), 03 subscriber (u64)

extension [UInt8] {
    mutating func append(_ request: LedgerRequest) {
        switch request {
        case .setPurse(let terms):
            append(1)
            append(terms.purse)
            append(terms.currency, terms.limit)
        case .purchase(let purchase):
            append(2)
            append(bigEndian: purchase.subscriber.rawValue)
            append(purchase.currency, purchase.amount)
        case .load(let order): append(3, order)
        case .refund(let order): append(4, order)
        case .retry(let id):
            append(5)
            append(bigEndian: id.rawValue)
        case .settle(let id, let outcome):
            append(6)
            append(bigEndian: id.rawValue)
            switch outcome {
            case .posted: append(0)
            case .voided(let reason): append(reason.rawValue)
            }
        case .cardStatement(let report): append(report)
        case .meterStatement(let report): append(report)
        case .leave(let report):
            append(9)
            append(report.card)
            append(report.service.rawValue)
            append(report.debit.meter)
            append(bigEndian: report.debit.nt)
            append(bigEndian: report.debit.amount.rawValue)
        case .payLeft(let payment):
            append(10)
            append(payment.debit)
            append(payment.party)
            append(optional: payment.approval) { $0.append($1) }
        case .replace(let replacement):
            append(11)
            append(replacement)
        case .assign(let purse):
            append(12)
            append(purse)
        case .carryOver(let order):
            append(13)
            append(order.origin)
            append(order.element)
            append(order.currency, order.amount)
            append(bigEndian: order.htxn.rawValue)
        case .release(let purse, let party):
            append(14)
            append(purse)
            append(party)
        case .correct(let order):
            append(15)
            append(order.from)
            append(order.to)
            append(order.currency, order.amount)
            append(order.approval)
        case .resolve(let id, let approval):
            append(16)
            append(bigEndian: id.rawValue)
            append(approval)
        }
    }

    mutating func append(_ replacement: ElementReplacement) {
        append(replacement.old)
        append(replacement.successor)
        append(replacement.carry.rawValue)
        append(replacement.debt.rawValue)
    }

    private mutating func append(_ kind: UInt8, _ order: ElementOrder) {
        append(kind)
        append(order.purse)
        append(order.currency, order.amount)
        append(bigEndian: order.htxn.rawValue)
        append(order.party)
    }

    private mutating func append(_ report: CardStatement) {
        append(7)
        append(report.purse)
        append(report.currency, report.balance)
        append(bigEndian: report.nt)
        append(bigEndian: report.highest.rawValue)
        append(optional: report.slot) { $0.append($1) }
    }

    private mutating func append(_ report: MeterStatement) {
        append(8)
        append(report.purse)
        append(report.currency, report.balance)
        append(optional: report.spent) { $0.append(bigEndian: $1.rawValue) }
        append(optional: report.debt) { $0.append(bigEndian: $1.rawValue) }
        append(optional: report.credited) { bytes, cards in
            bytes.append(UInt8(cards.count))
            for card in cards {
                bytes.append(card.card)
                bytes.append(bigEndian: card.nt)
                bytes.append(bigEndian: card.total.rawValue)
            }
        }
        append(bigEndian: report.clock.rawValue)
        switch report.way {
        case .session(let nt, let highest):
            append(1)
            append(bigEndian: nt)
            append(bigEndian: highest.rawValue)
        case .card(let card, let nt):
            append(2)
            append(card)
            append(bigEndian: nt)
        }
    }

    private mutating func append(_ currency: Currency, _ amount: Amount) {
        append(bigEndian: currency.rawValue)
        append(bigEndian: amount.rawValue)
    }

    private mutating func append(_ party: ValueSource) {
        switch party {
        case .seller: append(1)
        case .reseller(let card):
            append(2)
            append(card)
        case .subscriber(let subscriber):
            append(3)
            append(bigEndian: subscriber.rawValue)
        }
    }
}

extension ByteReader {
    /// Nil for bytes that are no request; whether they were enough, `isFinished` tells.
    @_lifetime(self: copy self)
    mutating func readRequest() -> LedgerRequest? {
        switch readByte() {
        case 1:
            .setPurse(PurseTerms(readPurse(), currency: Currency(rawValue: read()), limit: readAmount()))
        case 2:
            .purchase(
                PurchaseOrder(
                    by: SubscriberID(rawValue: read()), currency: Currency(rawValue: read()), amount: readAmount()))
        case 3: readOrder().map { .load($0) }
        case 4: readOrder().map { .refund($0) }
        case 5: .retry(TransferID(rawValue: read()))
        case 6: readSettlement()
        case 7: readCardStatement()
        case 8: readMeterStatement()
        case 9:
            .leave(
                LeftStatement(
                    card: readParty(), service: UtilityService(rawValue: readByte()),
                    LeftDebit(meter: readParty(), nt: read(), amount: readAmount())))
        case 10: readLeftPayment()
        case 11: readReplacement().map { .replace($0) }
        case 12: .assign(readPurse())
        case 13:
            .carryOver(
                CarryOverOrder(
                    from: readPurse(), to: readParty(), currency: Currency(rawValue: read()), amount: readAmount(),
                    htxn: HostTransaction(rawValue: read())))
        case 14: readRelease()
        case 15: readCorrection()
        case 16: readResolution()
        default: nil
        }
    }

    @_lifetime(self: copy self)
    mutating func readReplacement() -> ElementReplacement? {
        let (old, successor) = (readParty(), readParty())
        guard let carry = ElementReplacement.Carry(rawValue: readByte()),
            let debt = ElementReplacement.Debt(rawValue: readByte())
        else { return nil }
        return ElementReplacement(of: old, by: successor, carry: carry, debt: debt)
    }

    @_lifetime(self: copy self)
    private mutating func readAmount() -> Amount { Amount(rawValue: read()) }

    @_lifetime(self: copy self)
    private mutating func readOrder() -> ElementOrder? {
        let purse = readPurse()
        let (currency, amount) = (Currency(rawValue: read()), readAmount())
        let htxn = HostTransaction(rawValue: read())
        return readSource().map { ElementOrder(purse, currency: currency, amount: amount, htxn: htxn, party: $0) }
    }

    @_lifetime(self: copy self)
    private mutating func readSettlement() -> LedgerRequest? {
        let id = TransferID(rawValue: read())
        let outcome = readByte()
        if outcome == 0 { return .settle(id, .posted) }
        return VoidReason(rawValue: outcome).map { .settle(id, .voided($0)) }
    }

    @_lifetime(self: copy self)
    private mutating func readCardStatement() -> LedgerRequest? {
        let purse = readPurse()
        let (currency, balance) = (Currency(rawValue: read()), readAmount())
        let (nt, highest) = (read(UInt32.self), HostTransaction(rawValue: read()))
        guard let hasSlot = readFlag() else { return nil }
        return .cardStatement(
            CardStatement(
                purse, currency: currency, balance: balance, nt: nt, highest: highest,
                slot: hasSlot ? readParty() : nil))
    }

    @_lifetime(self: copy self)
    private mutating func readMeterStatement() -> LedgerRequest? {
        let purse = readPurse()
        let (currency, balance) = (Currency(rawValue: read()), readAmount())
        guard let hasSpent = readFlag() else { return nil }
        let spent = hasSpent ? readAmount() : nil
        guard let hasDebt = readFlag() else { return nil }
        let debt = hasDebt ? readAmount() : nil
        guard let hasCredited = readFlag() else { return nil }
        var credited: [MeterStatus.CreditedCard]?
        if hasCredited {
            var cards: [MeterStatus.CreditedCard] = []
            for _ in 0..<readByte() {
                cards.append(MeterStatus.CreditedCard(card: readParty(), nt: read(), total: readAmount()))
            }
            credited = cards
        }
        let clock = Timestamp(rawValue: read())
        let way: MeterStatement.Way
        switch readByte() {
        case 1: way = .session(nt: read(), highest: HostTransaction(rawValue: read()))
        case 2: way = .card(readParty(), nt: read())
        default: return nil
        }
        return .meterStatement(
            MeterStatement(
                purse, currency: currency, balance: balance, spent: spent, debt: debt, credited: credited, clock: clock,
                way: way))
    }

    @_lifetime(self: copy self)
    private mutating func readLeftPayment() -> LedgerRequest? {
        let debit = readLeftDebit()
        guard let party = readSource(), let hasApproval = readFlag() else { return nil }
        let approval = hasApproval ? readApproval() : nil
        guard (approval != nil) == hasApproval else { return nil }
        return .payLeft(LeftPayment(debit, to: party, approval: approval))
    }

    @_lifetime(self: copy self)
    private mutating func readRelease() -> LedgerRequest? {
        let purse = readPurse()
        return readSource().map { .release(purse, to: $0) }
    }

    @_lifetime(self: copy self)
    private mutating func readCorrection() -> LedgerRequest? {
        guard let from = readAccount(), let to = readAccount() else { return nil }
        let (currency, amount) = (Currency(rawValue: read()), readAmount())
        return readApproval().map {
            .correct(CorrectionOrder(from: from, to: to, currency: currency, amount: amount, approval: $0))
        }
    }

    @_lifetime(self: copy self)
    private mutating func readResolution() -> LedgerRequest? {
        let id = DifferenceID(rawValue: read())
        return readApproval().map { .resolve(id, $0) }
    }

    @_lifetime(self: copy self)
    private mutating func readSource() -> ValueSource? {
        switch readByte() {
        case 1: .seller
        case 2: .reseller(readParty())
        case 3: .subscriber(SubscriberID(rawValue: read()))
        default: nil
        }
    }
}
