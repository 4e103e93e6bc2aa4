internal import CardCrypto
internal import ValueProtocol

/// A master-key card's image as records of its memory.
enum MasterKeyRecords {
    private static let custodians = RecordName(0x0101)
    private static let keys = RecordName(0x0102)
    private static let unfinished = RecordName(0x0103)
    private static let rules = RecordName(0x0104)
    private static let issued = RecordName(0x0105)
    private static let seen = RecordName(0x0106)
    private static let sealed = RecordName(0x0107)

    static func changes(from old: MasterKeyImage?, to new: MasterKeyImage) -> [RecordChange] {
        var changes: [RecordChange] = []
        func section<T: Equatable>(
            _ name: RecordName, _ part: (MasterKeyImage) -> [T], _ encode: (T, inout [UInt8]) -> Void
        ) {
            let items = part(new)
            if let old, part(old) == items { return }
            var bytes: [UInt8] = []
            for item in items { encode(item, &bytes) }
            changes.append(RecordChange(name, bytes))
        }
        section(custodians, \.custodians) { custodian, bytes in
            bytes.append(custodian.tries)
            append(custodian.pin, to: &bytes)
        }
        section(keys, \.keys) { held, bytes in
            bytes.append(held.name)
            append(held.key, to: &bytes)
        }
        section(unfinished, \.unfinished) { key, bytes in
            bytes.append(key.name)
            bytes.append(key.of)
            append(key.sum, to: &bytes)
            bytes.append(UInt8(key.entered.count))
            for entry in key.entered { bytes += [entry.component, entry.custodian] }
        }
        section(rules, \.ruleList) { rules, bytes in
            bytes.append(rules.first)
            bytes.append(bigEndian: rules.count)
            bytes.append(bigEndian: rules.operations)
        }
        section(issued, \.issued) { eid, bytes in bytes.append(eid) }
        section(seen, \.seen) { element, bytes in
            bytes.append(element.eid)
            bytes.append(bigEndian: element.nt)
        }
        section(sealed, \.sealed) { credit, bytes in
            bytes.append(credit.eid)
            bytes.append(bigEndian: credit.htxn.rawValue)
            bytes.append(credit.service.rawValue)
            bytes.append(bigEndian: credit.currency.rawValue)
            bytes.append(bigEndian: credit.amount.rawValue)
        }
        return changes
    }

    private static func append(_ secret: Secret?, to bytes: inout [UInt8]) {
        bytes.append(UInt8(secret?.count ?? 0))
        guard let secret else { return }
        unsafe secret.withBytes { unsafe bytes.append(contentsOf: $0) }
    }

    @_lifetime(reader: copy reader)
    private static func readSecret(_ reader: inout ByteReader) -> Secret {
        var bytes = reader.readBytes(Int(reader.readByte()))
        return Secret(taking: &bytes)
    }

    /// The image in `records`; nil if they contain none, or a damaged one.
    static func image(from records: [RecordName: [UInt8]]) -> MasterKeyImage? {
        func list<Item>(_ name: RecordName, _ decode: (inout ByteReader) -> Item?) -> [Item]? {
            guard let bytes = records[name] else { return nil }
            var reader = ByteReader(bytes.span)
            var items: [Item] = []
            while reader.remaining > 0 {
                guard let item = decode(&reader), reader.isGood else { return nil }
                items.append(item)
            }
            return items
        }
        var image = MasterKeyImage()
        guard
            let custodians = list(
                custodians,
                { reader in
                    let tries = reader.readByte()
                    let pin = readSecret(&reader)
                    return Custodian(pin: pin.count > 0 ? pin : nil, tries: tries)
                }), custodians.count == 8,
            let keys = list(
                keys, { reader in reader.readKeyName().map { StoredKey(name: $0, key: readSecret(&reader)) } }),
            let unfinished = list(unfinished, readUnfinished),
            let rules = list(
                rules, { DeskRules(first: $0.readParty(), count: $0.read(), operations: $0.read()) })?.first,
            let issued = list(issued, { $0.readParty() }),
            let seen = list(seen, { SeenElement(eid: $0.readParty(), nt: $0.read()) }),
            let sealed = list(sealed, readSealed)
        else { return nil }
        image.custodians = custodians
        image.keys = keys
        image.unfinished = unfinished
        image.rules = rules
        image.issued = issued
        image.seen = seen
        image.sealed = sealed
        return image
    }

    @_lifetime(reader: copy reader)
    private static func readUnfinished(_ reader: inout ByteReader) -> UnfinishedKey? {
        guard let name = reader.readKeyName() else { return nil }
        let of = reader.readByte()
        let sum = readSecret(&reader)
        var entered: [UnfinishedKey.Entry] = []
        for _ in 0..<reader.readByte() {
            entered.append(UnfinishedKey.Entry(component: reader.readByte(), custodian: reader.readByte()))
        }
        return UnfinishedKey(name: name, of: of, sum: sum, entered: entered)
    }

    @_lifetime(reader: copy reader)
    private static func readSealed(_ reader: inout ByteReader) -> SealedCredit? {
        SealedCredit(
            eid: reader.readParty(), htxn: HostTransaction(rawValue: reader.read()),
            service: UtilityService(rawValue: reader.readByte()), currency: Currency(rawValue: reader.read()),
            amount: Amount(rawValue: reader.read()))
    }
}

extension MasterKeyImage {
    fileprivate var ruleList: [DeskRules] { [rules] }
}
