internal import CardCrypto
internal import ValueProtocol

/// An element's image as records of its memory: one record per section, so that a commit writes only what changed.
enum ElementRecords {
    private static let core = RecordName(0x0001)
    private static let keys = RecordName(0x0002)
    private static let purses = RecordName(0x0003)
    private static let kept = RecordName(0x0004)
    /// Earlier versions wrote a table in force and one that waits; and two lists without numbers of slots. They are
    /// read, and make way at the next change.
    private static let oldTariffs = RecordName(0x0005)
    private static let oldCredited = RecordName(0x0006)
    private static let oldSlots = RecordName(0x0007)
    private static let slots = RecordName(0x0008)
    private static let credited = RecordName(0x0009)
    private static let debt = RecordName(0x000A)
    private static let letterBook = RecordName(0x000C)
    private static let version: UInt8 = 1

    /// All the records of `image`.
    static func all(_ image: ElementImage) -> [RecordChange] {
        let isDerived = image.eid.kind == .masterKeyCard
        return [
            RecordChange(core, encodeCore(image)),
            RecordChange(keys, isDerived ? encodeNames(image.minVersions) : encodeKeys(image.keys)),
            RecordChange(purses, encodePurses(image.purses)),
            RecordChange(slots, encodeSlots(image)),
            RecordChange(kept, encodeKept(image.kept)),
            RecordChange(credited, encodeCredited(image.credited)),
        ] + chargeChanges(from: nil, to: image) + letterChanges(from: [], to: image.slots)
            + (image.debt == DebtAccount() ? [] : [RecordChange(debt, encodeDebt(image.debt))])
            + (image.letters == LetterBook() ? [] : [RecordChange(letterBook, encodeLetterBook(image.letters))])
    }

    /// The records in which `new` differs from `old`.
    ///
    /// - Parameters:
    ///   - old: what the memory holds.
    ///   - new: what it shall hold.
    ///   - storedWrongSignatures: the count that the memory holds.
    ///   - oldForms: the lists that the memory holds as an earlier version wrote them; then those that it still will.
    static func changes(
        from old: ElementImage, to new: ElementImage, storedWrongSignatures: UInt16, oldForms: inout OldForms
    ) -> [RecordChange] {
        var changes: [RecordChange] = []
        changes.reserveCapacity(4)
        if old.nt != new.nt || old.state != new.state || storedWrongSignatures != new.wrongSignatures {
            changes.append(RecordChange(core, encodeCore(new)))
        }
        // A master-key card's own keys are derived from its master keys.
        if new.eid.kind == .masterKeyCard {
            if old.minVersions != new.minVersions {
                changes.append(RecordChange(keys, encodeNames(new.minVersions)))
            }
        } else if old.keys != new.keys {
            changes.append(RecordChange(keys, encodeKeys(new.keys)))
        }
        if old.purses != new.purses { changes.append(RecordChange(purses, encodePurses(new.purses))) }
        if old.slots != new.slots || old.bindings != new.bindings || old.left != new.left {
            changes.append(RecordChange(slots, encodeSlots(new)))
            // It holds keys: they must not outlive the slot in a record that nobody reads.
            if oldForms.remove(.slots) != nil { changes.append(RecordChange(oldSlots, [])) }
            changes += letterChanges(from: old.slots, to: new.slots)
        }
        if old.kept != new.kept { changes.append(RecordChange(kept, encodeKept(new.kept))) }
        if old.lastTable != new.lastTable || old.charges != new.charges {
            let isOld = oldForms.remove(.tariffs) != nil
            changes += chargeChanges(from: isOld ? nil : old, to: new)
            if isOld { changes.append(RecordChange(oldTariffs, nil)) }
        }
        if old.letters != new.letters { changes.append(RecordChange(letterBook, encodeLetterBook(new.letters))) }
        if old.debt != new.debt { changes.append(RecordChange(debt, encodeDebt(new.debt))) }
        if old.credited != new.credited {
            changes.append(RecordChange(credited, encodeCredited(new.credited)))
            if oldForms.remove(.credited) != nil { changes.append(RecordChange(oldCredited, [])) }
        }
        return changes
    }

    /// The lists in `records` as an earlier version wrote them.
    static func oldForms(in records: [RecordName: [UInt8]]) -> OldForms {
        var forms: OldForms = []
        if records[oldSlots]?.isEmpty == false { forms.insert(.slots) }
        if records[oldCredited]?.isEmpty == false { forms.insert(.credited) }
        if records[oldTariffs] != nil { forms.insert(.tariffs) }
        return forms
    }

    struct OldForms: OptionSet {
        let rawValue: UInt8
        static let slots = OldForms(rawValue: 1)
        static let credited = OldForms(rawValue: 2)
        static let tariffs = OldForms(rawValue: 4)
    }

    /// The image in `records`; nil if they contain none, or a damaged one.
    static func image(from records: [RecordName: [UInt8]]) -> ElementImage? {
        guard var image = records[core].flatMap(decodeCore) else { return nil }
        if image.eid.kind == .masterKeyCard {
            guard let names = decodeList(records[keys], { $0.readKeyName() }) else { return nil }
            image.minVersions = names
        } else {
            guard let held = decodeList(records[keys], decodeKey) else { return nil }
            image.keys = held
        }
        guard let purses = decodeList(records[purses], decodePurse), let kept = decodeList(records[kept], decodeKept),
            decodeSlots(records, into: &image), decodeLetters(records, into: &image),
            records[oldTariffs].map({ decodeOldTariffs($0, into: &image) }) ?? decodeCharges(records, into: &image),
            let debt = records[debt].map(decodeDebt) ?? DebtAccount(),
            let letters = records[letterBook].map(decodeLetterBook) ?? LetterBook()
        else { return nil }
        (image.debt, image.letters) = (debt, letters)
        guard
            let credited = records[credited].map({ decodeList($0, decodeCredited) })
                ?? decodeList(records[oldCredited], decodeOldCredited)
        else { return nil }
        (image.purses, image.kept, image.credited) = (purses, kept, credited)
        return image
    }

    private static func encodeCore(_ image: ElementImage) -> [UInt8] {
        [UInt8](capacity: 16) { bytes in
            bytes.append(version)
            bytes.append(bigEndian: image.eid.rawValue)
            bytes.append(image.state.rawValue)
            bytes.append(bigEndian: image.nt)
            bytes.append(bigEndian: image.wrongSignatures)
        }
    }

    private static func decodeCore(_ bytes: [UInt8]) -> ElementImage? {
        var reader = ByteReader(bytes.span)
        guard reader.readByte() == version else { return nil }
        var image = ElementImage(blank: reader.readParty(), transportKey: nil)
        guard let state = LifeCycle(rawValue: reader.readByte()) else { return nil }
        image.state = state
        image.nt = reader.read()
        image.wrongSignatures = reader.read()
        return reader.isFinished ? image : nil
    }

    private static func encodeKeys(_ keys: [StoredKey]) -> [UInt8] {
        var bytes: [UInt8] = []
        for held in keys {
            bytes.append(held.name)
            unsafe held.key.withBytes { unsafe bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    private static func encodeNames(_ names: [KeyName]) -> [UInt8] {
        var bytes: [UInt8] = []
        for name in names { bytes.append(name) }
        return bytes
    }

    @_lifetime(reader: copy reader)
    private static func decodeKey(_ reader: inout ByteReader) -> StoredKey? {
        guard let name = reader.readKeyName() else { return nil }
        var key = reader.readBytes(16)
        return StoredKey(name: name, key: Secret(taking: &key))
    }

    private static func encodePurses(_ purses: [Purse]) -> [UInt8] {
        [UInt8](capacity: 19 * purses.count) { bytes in
            for purse in purses {
                bytes.append(purse.service.rawValue)
                bytes.append(bigEndian: purse.currency.rawValue)
                bytes.append(bigEndian: purse.limit.rawValue)
                bytes.append(bigEndian: purse.balance.rawValue)
            }
        }
    }

    @_lifetime(reader: copy reader)
    private static func decodePurse(_ reader: inout ByteReader) -> Purse? {
        Purse(
            service: UtilityService(rawValue: reader.readByte()), currency: Currency(rawValue: reader.read()),
            limit: Amount(rawValue: reader.read()), balance: Amount(rawValue: reader.read()))
    }

    /// `bindings u32 ‖ count u8 ‖ count × (service ‖ meter's EID ‖ NT u32 ‖ amount u64) ‖ (binding u32 ‖ slot)*`
    private static func encodeSlots(_ image: ElementImage) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: image.bindings)
        bytes.append(UInt8(image.left.count))
        for left in image.left {
            bytes.append(left.service.rawValue)
            bytes.append(left.debit.meter)
            bytes.append(bigEndian: left.debit.nt)
            bytes.append(bigEndian: left.debit.amount.rawValue)
        }
        for slot in image.slots {
            bytes.append(bigEndian: slot.number)
            bytes.append(slot.service.rawValue)
            bytes.append(slot.meter)
            bytes.append(slot.version)
            unsafe slot.kx.withBytes { unsafe bytes.append(contentsOf: $0) }
            bytes.append(bigEndian: slot.nt)
            bytes.append(bigEndian: slot.amount.rawValue)
            bytes.append(bigEndian: slot.balance.rawValue)
            bytes.append(bigEndian: slot.time.rawValue)
            bytes.append(bigEndian: slot.statusNT)
            bytes.append(bigEndian: slot.statusTime.rawValue)
            bytes.append(UInt8(slot.meterStatus.count))
            bytes += slot.meterStatus
        }
        return bytes
    }

    private static func decodeSlots(_ records: [RecordName: [UInt8]], into image: inout ElementImage) -> Bool {
        guard let bytes = records[slots] else {
            guard let slots = decodeList(records[oldSlots], { decodeSlot(&$0, number: 0) }) else { return false }
            image.slots = slots
            return true
        }
        var reader = ByteReader(bytes.span)
        image.bindings = reader.read()
        for _ in 0..<reader.readByte() {
            let service = UtilityService(rawValue: reader.readByte())
            let debit = LeftDebit(
                meter: reader.readParty(), nt: reader.read(), amount: Amount(rawValue: reader.read()))
            image.left.append(ServiceDebit(service: service, debit: debit))
        }
        while reader.remaining > 0 {
            let number: UInt32 = reader.read()
            guard let slot = decodeSlot(&reader, number: number), reader.isGood else { return false }
            image.slots.append(slot)
        }
        return reader.isFinished
    }

    @_lifetime(reader: copy reader)
    private static func decodeSlot(_ reader: inout ByteReader, number: UInt32) -> MeterBinding? {
        let service = UtilityService(rawValue: reader.readByte())
        let meter = reader.readParty()
        let version = reader.readByte()
        var kx = reader.readBytes(16)
        var slot = MeterBinding(
            service: service, meter: meter, version: version, kx: Secret(taking: &kx), number: number)
        slot.nt = reader.read()
        slot.amount = Amount(rawValue: reader.read())
        slot.balance = Amount(rawValue: reader.read())
        slot.time = Timestamp(rawValue: reader.read())
        slot.statusNT = reader.read()
        slot.statusTime = Timestamp(rawValue: reader.read())
        slot.meterStatus = reader.readBytes(Int(reader.readByte()))
        return slot
    }

    private static func encodeKept(_ kept: [AppliedTransaction]) -> [UInt8] {
        [UInt8](capacity: 34 * kept.count) { bytes in
            for transaction in kept {
                bytes.append(bigEndian: transaction.htxn.rawValue)
                bytes.append(transaction.op.rawValue)
                bytes.append(transaction.service.rawValue)
                bytes.append(bigEndian: transaction.currency.rawValue)
                bytes.append(bigEndian: transaction.amount.rawValue)
                bytes.append(bigEndian: transaction.balance.rawValue)
                bytes.append(bigEndian: transaction.time.rawValue)
                bytes.append(bigEndian: transaction.table)
            }
        }
    }

    @_lifetime(reader: copy reader)
    private static func decodeKept(_ reader: inout ByteReader) -> AppliedTransaction? {
        let htxn = HostTransaction(rawValue: reader.read())
        guard let op = OperationCode(rawValue: reader.readByte()) else { return nil }
        return AppliedTransaction(
            htxn: htxn, op: op, service: UtilityService(rawValue: reader.readByte()),
            currency: Currency(rawValue: reader.read()),
            amount: Amount(rawValue: reader.read()), balance: Amount(rawValue: reader.read()),
            time: Timestamp(rawValue: reader.read()), table: reader.read())
    }

    private static func encodeDebt(_ debt: DebtAccount) -> [UInt8] {
        [UInt8](capacity: 32) { bytes in
            for amount in [debt.owed, debt.repaid, debt.added, debt.remitted] {
                bytes.append(bigEndian: amount.rawValue)
            }
        }
    }

    private static func decodeDebt(_ bytes: [UInt8]) -> DebtAccount? {
        var reader = ByteReader(bytes.span)
        var debt = DebtAccount()
        debt.owed = Amount(rawValue: reader.read())
        debt.repaid = Amount(rawValue: reader.read())
        debt.added = Amount(rawValue: reader.read())
        debt.remitted = Amount(rawValue: reader.read())
        return reader.isFinished ? debt : nil
    }

    private static func encodeCredited(_ credited: [CreditedDebit]) -> [UInt8] {
        var bytes: [UInt8] = []
        for debit in credited {
            bytes.append(debit.card)
            bytes.append(bigEndian: debit.nt)
            bytes.append(bigEndian: debit.binding)
            bytes.append(bigEndian: debit.total.rawValue)
            bytes.append(bigEndian: debit.lastNT)
        }
        return bytes
    }

    @_lifetime(reader: copy reader)
    private static func decodeCredited(_ reader: inout ByteReader) -> CreditedDebit? {
        CreditedDebit(
            card: reader.readParty(), nt: reader.read(), binding: reader.read(), total: Amount(rawValue: reader.read()),
            lastNT: reader.read())
    }

    @_lifetime(reader: copy reader)
    private static func decodeOldCredited(_ reader: inout ByteReader) -> CreditedDebit? {
        CreditedDebit(card: reader.readParty(), nt: reader.read())
    }

    /// A record that is a list; nil if it is missing or damaged.
    private static func decodeList<Item>(
        _ bytes: [UInt8]?, _ decode: (inout ByteReader) -> Item?
    ) -> [Item]? {
        guard let bytes else { return nil }
        var reader = ByteReader(bytes.span)
        var items: [Item] = []
        while reader.remaining > 0 {
            guard let item = decode(&reader), reader.isGood else { return nil }
            items.append(item)
        }
        return items
    }
}
