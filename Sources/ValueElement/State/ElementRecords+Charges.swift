internal import ValueProtocol

/// What a meter charges by, and the letters in a card's slots: each in a record of its own, since either can have 2,400
/// bytes, and a debit must not write them again.
extension ElementRecords {
    /// `last id u16 ‖ whether one is in force u8 ‖ place u8 *`, in the order of the list.
    private static let chargeList = RecordName(0x000B)
    /// `kind u8 ‖ effective time u32 ‖ time u32 ‖ table or rules`.
    private static func charges(at place: UInt8) -> RecordName { RecordName(0x0010 + UInt16(place)) }
    /// `(length u8 ‖ part)*`.
    private static func letter(_ service: UtilityService) -> RecordName {
        RecordName(0x0020 + UInt16(service.rawValue))
    }

    private enum Kind {
        static let table: UInt8 = 0
        static let rules: UInt8 = 1
    }

    // MARK: Charges

    /// The records in which `new` differs from `old`, which is nil where the memory holds none of them.
    static func chargeChanges(from old: ElementImage?, to new: ElementImage) -> [RecordChange] {
        var list: [UInt8] = []
        list.append(bigEndian: new.lastTable)
        list.append(new.charges.hasInForce ? 1 : 0)
        list += new.charges.systems.map(\.place)
        var changes = [RecordChange(chargeList, list)]
        let before = old?.charges.systems ?? []
        for stored in new.charges.systems where !before.contains(stored) {
            changes.append(RecordChange(charges(at: stored.place), encode(stored)))
        }
        let places = Set(new.charges.systems.map(\.place))
        for stored in before where !places.contains(stored.place) {
            changes.append(RecordChange(charges(at: stored.place), nil))
        }
        return changes
    }

    static func decodeCharges(_ records: [RecordName: [UInt8]], into image: inout ElementImage) -> Bool {
        guard let bytes = records[chargeList] else { return false }
        var reader = ByteReader(bytes.span)
        image.lastTable = reader.read()
        guard let hasInForce = reader.readFlag() else { return false }
        var systems: [StoredChargeSystem] = []
        while reader.remaining > 0 {
            let place = reader.readByte()
            guard let stored = records[charges(at: place)].flatMap({ decode($0, place: place) }) else { return false }
            systems.append(stored)
        }
        guard reader.isFinished, let charges = ChargeList(systems, hasInForce: hasInForce) else { return false }
        image.charges = charges
        return true
    }

    private static func encode(_ stored: StoredChargeSystem) -> [UInt8] {
        var bytes: [UInt8] = []
        let (kind, content) =
            switch stored.system {
            case .table(let table, _): (Kind.table, table.bytes)
            case .rules(let rules): (Kind.rules, rules.bytes)
            }
        bytes.append(kind)
        bytes.append(bigEndian: stored.system.effective.rawValue)
        bytes.append(bigEndian: stored.time.rawValue)
        return bytes + content
    }

    private static func decode(_ bytes: [UInt8], place: UInt8) -> StoredChargeSystem? {
        var reader = ByteReader(bytes.span)
        let kind = reader.readByte()
        let effective = Timestamp(rawValue: reader.read())
        let time = Timestamp(rawValue: reader.read())
        let content = reader.readBytes(reader.remaining)
        let system: ChargeSystem
        switch kind {
        case Kind.table:
            guard let table = TariffTable(content) else { return nil }
            system = .table(table, effective: effective)
        case Kind.rules:
            do {
                system = .rules(try SupplyRules(content))
            } catch {
                return nil
            }
        default: return nil
        }
        var stored = StoredChargeSystem(system, time: time)
        stored.place = place
        return stored
    }

    /// `last id u16 ‖ (length u8 ‖ effective time u32 ‖ time u32 ‖ table)` of the table in force and of the one that
    /// waits; length 0 alone where there is none. Earlier versions let a table come into force by the clock alone, and
    /// wrote it down when the next one came.
    static func decodeOldTariffs(_ bytes: [UInt8], into image: inout ElementImage) -> Bool {
        var reader = ByteReader(bytes.span)
        image.lastTable = reader.read()
        var tariffs: [StoredChargeSystem?] = []
        for _ in 0..<2 {
            let count = Int(reader.readByte())
            guard count > 0 else {
                tariffs.append(nil)
                continue
            }
            let effective = Timestamp(rawValue: reader.read())
            let time = Timestamp(rawValue: reader.read())
            guard let table = TariffTable(reader.readBytes(count)) else { return false }
            tariffs.append(StoredChargeSystem(.table(table, effective: effective), time: time))
        }
        image.charges = ChargeList(inForce: tariffs[0], ahead: tariffs[1].map { [$0] } ?? [])
        return reader.isFinished
    }

    // MARK: Letters

    /// `last number u32 ‖ (refused card's EID)*`
    static func encodeLetterBook(_ letters: LetterBook) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: letters.last)
        for card in letters.refusedCards { bytes.append(card) }
        return bytes
    }

    static func decodeLetterBook(_ bytes: [UInt8]) -> LetterBook? {
        var reader = ByteReader(bytes.span)
        var letters = LetterBook()
        letters.last = reader.read()
        while reader.remaining > 0 {
            letters.refusedCards.append(reader.readParty())
            guard reader.isGood else { return nil }
        }
        return reader.isFinished ? letters : nil
    }

    /// The records of letters in which `new` differs from `old`.
    static func letterChanges(from old: [MeterBinding], to new: [MeterBinding]) -> [RecordChange] {
        var changes: [RecordChange] = []
        for service in Set((old + new).map(\.service)).sorted() {
            let before = old.first { $0.service == service }?.letter ?? []
            let after = new.first { $0.service == service }?.letter ?? []
            guard before != after else { continue }
            changes.append(
                RecordChange(letter(service), after.isEmpty ? nil : after.flatMap { [UInt8($0.count)] + $0 }))
        }
        return changes
    }

    static func decodeLetters(_ records: [RecordName: [UInt8]], into image: inout ElementImage) -> Bool {
        for index in image.slots.indices {
            guard let bytes = records[letter(image.slots[index].service)] else { continue }
            var reader = ByteReader(bytes.span)
            while reader.remaining > 0 {
                image.slots[index].letter.append(reader.readBytes(Int(reader.readByte())))
            }
            guard reader.isFinished else { return false }
        }
        return true
    }
}
