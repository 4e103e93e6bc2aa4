package import ValueProtocol

extension LedgerChange {
    /// The encoding version of `bytes`.
    static let encodingVersion: UInt8 = 1

    /// The number of a change, as stored; a number never gets another meaning.
    package enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        case ordered = 1
        case opened = 2
        case booked = 3
        case posted = 4
        case voided = 5
        case reopened = 6
        case proven = 7
        case leftProven = 8
        case differenceOpened = 9
        case differenceClosed = 10
    }

    package var kind: Kind {
        switch self {
        case .ordered: .ordered
        case .opened: .opened
        case .booked: .booked
        case .posted: .posted
        case .voided: .voided
        case .reopened: .reopened
        case .proven: .proven
        case .leftProven: .leftProven
        case .differenceOpened: .differenceOpened
        case .differenceClosed: .differenceClosed
        }
    }

    /// The canonical encoding: `version 01 ‖ kind u8 ‖ fields`.
    ///
    /// Numbers are big-endian. A text is `length u32 ‖ UTF-8`, an account `length u8 ‖ Account.bytes`. What may be missing
    /// is `00`, or `01` and the value. A transfer's key is that of the fact, and is not in it.
    ///
    /// ```
    /// 01 ordered           request: kind u8 ‖ fields, see LedgerRequest
    /// 02 opened            transfer ‖ entries
    /// 03 booked            transfer ‖ entries ‖ receipt u64
    /// 04 posted            transfer u64 ‖ entries ‖ receipt u64
    /// 05 voided            transfer u64 ‖ entries ‖ reason u8
    /// 06 reopened          transfer u64 ‖ entries
    /// 07 proven            purse ‖ balance i128
    /// 08 leftProven        debit
    /// 09 differenceOpened  number u64 ‖ kind u8 ‖ subject ‖ currency u16 ‖ amount i128 ‖ since u32
    /// 0A differenceClosed  number u64 ‖ end u8 ‖ approval, if people resolved it
    ///
    /// transfer  number u64 ‖ kind u8 ‖ currency u16 ‖ amount i64 ‖ from ‖ to ‖ (purse ‖ HTXN u64)? ‖ card? u64 ‖ approval?
    /// entries   count u8, and for each: account ‖ currency u16 ‖ amount i64
    /// purse     element u64 ‖ service u8
    /// debit     card u64 ‖ meter u64 ‖ NT u32
    /// approval  person text ‖ approver text ‖ reason text
    /// ```
    package var bytes: [UInt8] {
        var bytes: [UInt8] = [Self.encodingVersion, kind.rawValue]
        switch self {
        case .ordered(let request): bytes.append(request)
        case .opened(let transfer, let entries):
            bytes.append(transfer)
            bytes.append(entries)
        case .booked(let transfer, let entries, let receipt):
            bytes.append(transfer)
            bytes.append(entries)
            bytes.append(bigEndian: receipt.rawValue)
        case .posted(let id, let entries, let receipt):
            bytes.append(bigEndian: id.rawValue)
            bytes.append(entries)
            bytes.append(bigEndian: receipt.rawValue)
        case .voided(let id, let entries, let reason):
            bytes.append(bigEndian: id.rawValue)
            bytes.append(entries)
            bytes.append(reason.rawValue)
        case .reopened(let id, let entries):
            bytes.append(bigEndian: id.rawValue)
            bytes.append(entries)
        case .proven(let purse, let balance):
            bytes.append(purse)
            bytes.append(bigEndian: balance)
        case .leftProven(let debit): bytes.append(debit)
        case .differenceOpened(let difference):
            bytes.append(bigEndian: difference.id.rawValue)
            bytes.append(difference.kind.rawValue)
            bytes.append(contentsOf: difference.subject.bytes)
            bytes.append(bigEndian: difference.currency.rawValue)
            bytes.append(bigEndian: difference.amount)
            bytes.append(bigEndian: difference.since.rawValue)
        case .differenceClosed(let id, let end):
            bytes.append(bigEndian: id.rawValue)
            bytes.append(end)
        }
        return bytes
    }

    /// Decodes `bytes` of a fact with `key`; nil for anything else.
    package init?(bytes: [UInt8], key: IdempotencyKey) {
        var reader = ByteReader(bytes.span)
        guard reader.readByte() == Self.encodingVersion, let kind = Kind(rawValue: reader.readByte()) else {
            return nil
        }
        switch kind {
        case .ordered:
            guard let request = reader.readRequest() else { return nil }
            self = .ordered(request)
        case .opened:
            guard let transfer = reader.readTransfer(key), let entries = reader.readEntries() else { return nil }
            self = .opened(transfer, entries)
        case .booked:
            guard let transfer = reader.readTransfer(key), let entries = reader.readEntries() else { return nil }
            self = .booked(transfer, entries, ReceiptNumber(rawValue: reader.read()))
        case .posted:
            let id = TransferID(rawValue: reader.read())
            guard let entries = reader.readEntries() else { return nil }
            self = .posted(id, entries, ReceiptNumber(rawValue: reader.read()))
        case .voided:
            let id = TransferID(rawValue: reader.read())
            guard let entries = reader.readEntries(), let reason = VoidReason(rawValue: reader.readByte()) else {
                return nil
            }
            self = .voided(id, entries, reason)
        case .reopened:
            let id = TransferID(rawValue: reader.read())
            guard let entries = reader.readEntries() else { return nil }
            self = .reopened(id, entries)
        case .proven: self = .proven(reader.readPurse(), reader.readWide())
        case .leftProven: self = .leftProven(reader.readLeftDebit())
        case .differenceOpened:
            let id = DifferenceID(rawValue: reader.read())
            guard let kind = BookDifference.Kind(rawValue: reader.readByte()), let subject = reader.readSubject() else {
                return nil
            }
            self = .differenceOpened(
                BookDifference(
                    id: id, kind: kind, subject: subject, currency: Currency(rawValue: reader.read()),
                    amount: reader.readWide(), since: Timestamp(rawValue: reader.read())))
        case .differenceClosed:
            let id = DifferenceID(rawValue: reader.read())
            guard let end = reader.readEnd() else { return nil }
            self = .differenceClosed(id, end)
        }
        guard reader.isFinished else { return nil }
    }
}

extension BookDifference.Subject {
    /// The canonical encoding, by which a store can index: `kind u8 ‖ fields`.
    ///
    /// ```
    /// 01 balance, 02 overdraft, 06 spent   purse
    /// 03 debits, 07 credited               card u64 ‖ meter u64
    /// 04 left, 05 unknownLeft              debit
    /// ```
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        switch self {
        case .balance(let purse): bytes.append(1, purse)
        case .overdraft(let purse): bytes.append(2, purse)
        case .debits(let pair): bytes.append(3, pair)
        case .left(let debit): bytes.append(4, debit)
        case .unknownLeft(let debit): bytes.append(5, debit)
        case .spent(let purse): bytes.append(6, purse)
        case .credited(let pair): bytes.append(7, pair)
        }
        return bytes
    }

    /// Decodes `bytes`; nil for anything else.
    package init?(bytes: [UInt8]) {
        var reader = ByteReader(bytes.span)
        guard let subject = reader.readSubject(), reader.isFinished else { return nil }
        self = subject
    }

    /// The element whose word it is about; of a debit, the meter.
    package var element: PartyID {
        switch self {
        case .balance(let purse), .overdraft(let purse), .spent(let purse): purse.element
        case .debits(let pair), .credited(let pair): pair.meter
        case .left(let debit), .unknownLeft(let debit): debit.meter
        }
    }
}

extension DifferenceEnd {
    /// The canonical encoding: `01` explained, `02` superseded, or `03 ‖ approval`.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(self)
        return bytes
    }

    /// Decodes `bytes`; nil for anything else.
    package init?(bytes: [UInt8]) {
        var reader = ByteReader(bytes.span)
        guard let end = reader.readEnd(), reader.isFinished else { return nil }
        self = end
    }
}

// MARK: Writing

extension [UInt8] {
    mutating func append(_ purse: PurseID) {
        append(purse.element)
        append(purse.service.rawValue)
    }

    mutating func append(_ debit: LeftDebitID) {
        append(debit.card)
        append(debit.meter)
        append(bigEndian: debit.nt)
    }

    mutating func append(_ account: Account) {
        let bytes = account.bytes
        append(UInt8(bytes.count))
        append(contentsOf: bytes)
    }

    mutating func append(_ approval: Approval) {
        append(text: approval.person)
        append(text: approval.approver)
        append(text: approval.reason)
    }

    fileprivate mutating func append(_ end: DifferenceEnd) {
        switch end {
        case .explained: append(1)
        case .superseded: append(2)
        case .resolved(let approval):
            append(3)
            append(approval)
        }
    }

    fileprivate mutating func append(_ kind: UInt8, _ purse: PurseID) {
        append(kind)
        append(purse)
    }

    fileprivate mutating func append(_ kind: UInt8, _ pair: CardAtMeter) {
        append(kind)
        append(pair.card)
        append(pair.meter)
    }

    fileprivate mutating func append(_ kind: UInt8, _ debit: LeftDebitID) {
        append(kind)
        append(debit)
    }

    fileprivate mutating func append(_ transfer: Transfer) {
        append(bigEndian: transfer.id.rawValue)
        append(transfer.kind.rawValue)
        append(bigEndian: transfer.currency.rawValue)
        append(bigEndian: transfer.amount)
        append(transfer.from)
        append(transfer.to)
        append(optional: transfer.transaction) { bytes, transaction in
            bytes.append(transaction.purse)
            bytes.append(bigEndian: transaction.htxn.rawValue)
        }
        append(optional: transfer.card) { $0.append($1) }
        append(optional: transfer.approval) { $0.append($1) }
    }

    fileprivate mutating func append(_ entries: [LedgerEntry]) {
        append(UInt8(entries.count))
        for entry in entries {
            append(entry.account)
            append(bigEndian: entry.currency.rawValue)
            append(bigEndian: entry.amount)
        }
    }
}

// MARK: Reading

extension ByteReader {
    @_lifetime(self: copy self)
    mutating func readPurse() -> PurseID { PurseID(readParty(), UtilityService(rawValue: readByte())) }

    @_lifetime(self: copy self)
    mutating func readLeftDebit() -> LeftDebitID {
        LeftDebitID(card: readParty(), meter: readParty(), nt: read())
    }

    @_lifetime(self: copy self)
    mutating func readWide() -> Int128 { Int128(truncatingIfNeeded: read(UInt128.self)) }

    @_lifetime(self: copy self)
    mutating func readAccount() -> Account? { Account(bytes: readBytes(Int(readByte()))) }

    @_lifetime(self: copy self)
    mutating func readApproval() -> Approval? {
        guard let person = readText(), let approver = readText(), let reason = readText() else { return nil }
        return Approval(by: person, approvedBy: approver, because: reason)
    }

    @_lifetime(self: copy self)
    fileprivate mutating func readEnd() -> DifferenceEnd? {
        switch readByte() {
        case 1: .explained
        case 2: .superseded
        case 3: readApproval().map { .resolved($0) }
        default: nil
        }
    }

    @_lifetime(self: copy self)
    fileprivate mutating func readSubject() -> BookDifference.Subject? {
        switch readByte() {
        case 1: .balance(readPurse())
        case 2: .overdraft(readPurse())
        case 3: .debits(CardAtMeter(readParty(), at: readParty()))
        case 4: .left(readLeftDebit())
        case 5: .unknownLeft(readLeftDebit())
        case 6: .spent(readPurse())
        case 7: .credited(CardAtMeter(readParty(), at: readParty()))
        default: nil
        }
    }

    @_lifetime(self: copy self)
    fileprivate mutating func readTransfer(_ key: IdempotencyKey) -> Transfer? {
        let id = TransferID(rawValue: read())
        guard let kind = TransferKind(rawValue: readByte()) else { return nil }
        let currency = Currency(rawValue: read())
        let amount = Int64(bitPattern: read())
        guard let from = readAccount(), let to = readAccount(), let hasTransaction = readFlag() else { return nil }
        let transaction =
            hasTransaction ? ElementTransaction(readPurse(), HostTransaction(rawValue: read())) : nil
        guard let hasCard = readFlag() else { return nil }
        let card = hasCard ? readParty() : nil
        guard let hasApproval = readFlag() else { return nil }
        let approval = hasApproval ? readApproval() : nil
        guard (approval != nil) == hasApproval else { return nil }
        return Transfer(
            id: id, key: key, kind: kind, currency: currency, amount: amount, from: from, to: to,
            transaction: transaction, card: card, approval: approval)
    }

    @_lifetime(self: copy self)
    fileprivate mutating func readEntries() -> [LedgerEntry]? {
        var entries: [LedgerEntry] = []
        for _ in 0..<readByte() {
            guard let account = readAccount() else { return nil }
            entries.append(LedgerEntry(account, Currency(rawValue: read()), Int64(bitPattern: read())))
        }
        return entries
    }
}
