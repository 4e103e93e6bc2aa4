import Issuing
import Ledger
public import ValueProtocol

extension AuditEvent {
    /// The encoding version of `encoded`.
    static let encodingVersion: UInt8 = 1

    /// The canonical encoding: `version 01 ‖ kind u8 ‖ fields`.
    ///
    /// Numbers are big-endian. A text is `length u32 ‖ UTF-8`. What may be missing is `00`, or `01` and the value. The
    /// element concerned is not in it: the entry names it.
    ///
    /// ```
    /// 01 transaction   operation u8 ‖ HTXN u64 ‖ service u8 ‖ currency u16 ‖ amount u64 ‖ ordered u32
    ///                  ‖ tariff? (effective u32 ‖ length u16 ‖ table) ‖ reference? text
    ///                  ‖ state u8 ‖ refusal? u16 ‖ balance? u64 ‖ settled u32
    /// 02 balance       service u8 ‖ amount u64 ‖ basis u8
    /// 03 elementStatus status u8 ‖ replacement? u64 ‖ reason? text
    /// 04 resolution    HTXN u64 ‖ applied u8 ‖ person text ‖ reason text
    /// 05 numberGap     applied u64 ‖ known u64
    /// 06 carryOver     target u64 ‖ service u8 ‖ currency u16 ‖ amount u64
    /// 07 purse         service u8 ‖ currency u16 ‖ limit u64 ‖ meter u64 ‖ version u8
    /// 08 contradiction as 01, with the state and the balance that the element proved
    /// 09 difference, 0A differenceEnd, 0B correction    LedgerChange.bytes of the fact
    /// 10 finalReading  service u8 ‖ currency? u16 ‖ balance u64 ‖ ACCOUNT's answer? 53 ‖ quantity? u64 ‖ clock u32
    ///                  ‖ time u32
    /// 11 queuedTariff  effective u32 ‖ table? (length u16 ‖ table ‖ reference? text)
    /// 12 calendar      offset i16 ‖ count u16 ‖ (month u8 ‖ day u8 ‖ year u16, 0 for every year)*, ascending
    /// 13 issuing       text: the words of a journal's line
    /// ```
    public var encoded: [UInt8] {
        var bytes: [UInt8] = [Self.encodingVersion, kind.rawValue]
        switch self {
        case .transaction(let transaction), .contradiction(let transaction): bytes.append(transaction)
        case .balance(let service, let amount, let basis):
            bytes.append(service.rawValue)
            bytes.append(bigEndian: amount.rawValue)
            bytes.append(basis.rawValue)
        case .elementStatus(let status, let reason):
            bytes.append(status.code.rawValue)
            bytes.append(optional: status.replacement) { $0.append($1) }
            bytes.append(optional: reason) { $0.append(text: $1) }
        case .resolution(let resolution):
            bytes.append(bigEndian: resolution.htxn.rawValue)
            bytes.append(flag: resolution.applied)
            bytes.append(text: resolution.person)
            bytes.append(text: resolution.reason)
        case .numberGap(let applied, let known):
            bytes.append(bigEndian: applied.rawValue)
            bytes.append(bigEndian: known.rawValue)
        case .carryOver(let carry):
            bytes.append(carry.to)
            bytes.append(carry.service.rawValue)
            bytes.append(bigEndian: carry.currency.rawValue)
            bytes.append(bigEndian: carry.amount.rawValue)
        case .purse(let purse): bytes.append(contentsOf: purse.request)
        case .difference(let difference): bytes += LedgerChange.differenceOpened(difference).bytes
        case .differenceEnd(let id, let end): bytes += LedgerChange.differenceClosed(id, end).bytes
        case .correction(let order): bytes += LedgerChange.ordered(.correct(order)).bytes
        case .finalReading(let reading): reading.append(to: &bytes)
        case .queuedTariff(let effective, let queued):
            bytes.append(bigEndian: effective.rawValue)
            bytes.append(optional: queued) { bytes, queued in
                bytes.append(queued.table)
                bytes.append(optional: queued.reference) { $0.append(text: $1) }
            }
        case .calendar(let calendar): calendar.append(to: &bytes)
        case .issuing(let event): bytes.append(text: event.encoded)
        }
        return bytes
    }

    /// Decodes the bytes of `encoded` for an entry on `eid`; nil for any other bytes.
    public init?(decoding bytes: [UInt8], of eid: PartyID) { self.init(decoding: bytes.span, of: eid) }

    /// Decodes the bytes of `encoded` for an entry on `eid`; nil for any other bytes.
    init?(decoding bytes: Span<UInt8>, of eid: PartyID) {
        var reader = ByteReader(bytes)
        guard reader.readByte() == Self.encodingVersion, let kind = Kind(rawValue: reader.readByte()),
            let event = AuditEvent(kind, eid, from: &reader), reader.isFinished
        else { return nil }
        self = event
    }

    @_lifetime(reader: copy reader)
    private init?(_ kind: Kind, _ eid: PartyID, from reader: inout ByteReader) {
        switch kind {
        case .transaction, .contradiction:
            guard let transaction = CreditTransaction(eid, from: &reader) else { return nil }
            self = kind == .transaction ? .transaction(transaction) : .contradiction(transaction)
        case .balance:
            let (service, amount) = (UtilityService(rawValue: reader.readByte()), Amount(rawValue: reader.read()))
            guard let basis = BalanceBasis(rawValue: reader.readByte()) else { return nil }
            self = .balance(service, amount, basis)
        case .elementStatus:
            guard let code = ElementStatus.Code(rawValue: reader.readByte()), let isReplaced = reader.readFlag(),
                let status = ElementStatus(code, replacement: isReplaced ? reader.readParty() : nil),
                let hasReason = reader.readFlag()
            else { return nil }
            var reason: String?
            if hasReason {
                guard let text = reader.readText() else { return nil }
                reason = text
            }
            self = .elementStatus(status, reason: reason)
        case .resolution:
            let htxn = HostTransaction(rawValue: reader.read())
            guard let applied = reader.readFlag(), let person = reader.readText(), let reason = reader.readText() else {
                return nil
            }
            self = .resolution(ManualResolution(htxn: htxn, applied: applied, person: person, reason: reason))
        case .numberGap:
            self = .numberGap(
                applied: HostTransaction(rawValue: reader.read()), known: HostTransaction(rawValue: reader.read()))
        case .carryOver:
            self = .carryOver(
                CarryOver(
                    from: eid, to: reader.readParty(), service: UtilityService(rawValue: reader.readByte()),
                    currency: Currency(rawValue: reader.read()), amount: Amount(rawValue: reader.read())))
        case .purse:
            guard let purse = Bind(request: reader.readBytes(reader.remaining)) else { return nil }
            self = .purse(purse)
        case .finalReading:
            guard let reading = FinalReading(from: &reader) else { return nil }
            self = .finalReading(reading)
        case .queuedTariff:
            let effective = Timestamp(rawValue: reader.read())
            guard let isQueued = reader.readFlag() else { return nil }
            guard isQueued else {
                self = .queuedTariff(effective: effective, nil)
                return
            }
            guard let table = TariffTable(from: &reader), let hasReference = reader.readFlag() else { return nil }
            var reference: String?
            if hasReference {
                guard let text = reader.readText() else { return nil }
                reference = text
            }
            self = .queuedTariff(effective: effective, QueuedTariff(table, effective: effective, reference: reference))
        case .calendar:
            guard let calendar = MeterCalendar(from: &reader) else { return nil }
            self = .calendar(calendar)
        case .issuing:
            guard let text = reader.readText(), let issue = IssueEvent(encoded: text, of: eid), issue.encoded == text
            else { return nil }
            self = .issuing(issue)
        case .difference, .differenceEnd, .correction:
            let bytes = reader.readBytes(reader.remaining)
            switch LedgerChange(bytes: bytes, key: IdempotencyKey("")) {
            case .differenceOpened(let difference)? where kind == .difference: self = .difference(difference)
            case .differenceClosed(let id, let end)? where kind == .differenceEnd: self = .differenceEnd(id, end)
            case .ordered(.correct(let order))? where kind == .correction: self = .correction(order)
            default: return nil
            }
        }
    }
}

extension CreditTransaction {
    @_lifetime(reader: copy reader)
    fileprivate init?(_ eid: PartyID, from reader: inout ByteReader) {
        guard let kind = Kind(rawValue: reader.readByte()), let order = CreditOrder(reader.readBytes(23)),
            let hasTariff = reader.readFlag(), hasTariff == (kind == .convertTariff)
        else { return nil }
        var tariff: TariffOrder?
        if hasTariff {
            let effective = Timestamp(rawValue: reader.read())
            guard let table = TariffTable(from: &reader) else { return nil }
            tariff = TariffOrder(table, effective: effective)
        }
        guard let hasReference = reader.readFlag() else { return nil }
        var reference: String?
        if hasReference {
            guard let text = reader.readText() else { return nil }
            reference = text
        }
        guard let code = State.Code(rawValue: reader.readByte()), let isRefused = reader.readFlag() else { return nil }
        let refusal = isRefused ? BusinessStatus(rawValue: reader.read()) : nil
        guard (refusal != nil) == isRefused, let state = State(code, refusal: refusal),
            let hasBalance = reader.readFlag()
        else { return nil }
        let balance: Amount? = hasBalance ? Amount(rawValue: reader.read()) : nil
        self.init(
            eid: eid, kind: kind, order: order, tariff: tariff, reference: reference, state: state, balance: balance,
            settled: Timestamp(rawValue: reader.read()))
    }
}

extension TariffTable {
    @_lifetime(reader: copy reader)
    fileprivate init?(from reader: inout ByteReader) {
        self.init(reader.readBytes(Int(reader.read(UInt16.self))))
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ table: TariffTable) {
        let bytes = table.bytes
        append(bigEndian: UInt16(bytes.count))
        append(contentsOf: bytes)
    }

    fileprivate mutating func append(_ transaction: CreditTransaction) {
        append(transaction.kind.rawValue)
        append(contentsOf: transaction.order.bytes)
        append(optional: transaction.tariff) { bytes, tariff in
            bytes.append(bigEndian: tariff.effective.rawValue)
            bytes.append(tariff.table)
        }
        append(optional: transaction.reference) { $0.append(text: $1) }
        append(transaction.state.code.rawValue)
        append(optional: transaction.state.refusal) { $0.append(bigEndian: $1.rawValue) }
        append(optional: transaction.balance) { $0.append(bigEndian: $1.rawValue) }
        append(bigEndian: transaction.settled.rawValue)
    }
}
