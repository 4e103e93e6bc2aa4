internal import CardCrypto
internal import ValueProtocol

/// A master-key card's image as records of its memory.
///
/// What it remembers of each element of its range is in pages of 32 elements, so that a session or an issue writes one
/// page, however long the range. Before, it was two lists: an image from such records is written anew as a whole at the
/// first change.
enum MasterKeyRecords {
    private static let custodians = RecordName(0x0101)
    private static let keys = RecordName(0x0102)
    private static let unfinished = RecordName(0x0103)
    private static let rules = RecordName(0x0104)
    private static let oldIssued = RecordName(0x0105)
    private static let oldSeen = RecordName(0x0106)
    private static let sealed = RecordName(0x0107)
    /// The last NTs of elements outside the range.
    private static let seenOutside = RecordName(0x0108)
    private static let issuedPages = RecordName(0x2000)...RecordName(0x27FF)
    private static let seenPages = RecordName(0x3000)...RecordName(0x37FF)
    private static let elementsPerPage: UInt32 = 32

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
        section(seenOutside, \.seenOutside) { element, bytes in bytes.append(element) }
        let (before, after) = (old.map(pages) ?? [:], pages(new))
        for name in Set(before.keys).union(after.keys).sorted() where before[name] != after[name] {
            changes.append(RecordChange(name, after[name]))
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

    /// The changes that write the whole image, in place of the lists of an older program.
    static func rewritten(_ image: MasterKeyImage) -> [RecordChange] {
        changes(from: nil, to: image) + [RecordChange(oldIssued, nil), RecordChange(oldSeen, nil)]
    }

    /// Whether an older program wrote them.
    static func areOld(_ records: [RecordName: [UInt8]]) -> Bool {
        records[oldSeen] != nil || records[oldIssued] != nil
    }

    /// What is remembered of the elements of the range, by page.
    private static func pages(_ image: MasterKeyImage) -> [RecordName: [UInt8]] {
        func name(_ first: RecordName, _ eid: PartyID) -> RecordName {
            RecordName(first.rawValue + UInt16((eid.number - image.rules.first.number) / elementsPerPage))
        }
        var pages: [RecordName: [UInt8]] = [:]
        for eid in image.issued where image.rules.covers(eid) {
            pages[name(issuedPages.lowerBound, eid), default: []].append(eid)
        }
        let inside = image.seen.filter { image.rules.covers($0.eid) }.sorted { $0.eid < $1.eid }
        for element in inside { pages[name(seenPages.lowerBound, element.eid), default: []].append(element) }
        return pages
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
        func lists<Item>(_ names: ClosedRange<RecordName>, _ decode: (inout ByteReader) -> Item?) -> [Item]? {
            var items: [Item] = []
            for name in records.keys.filter(names.contains).sorted() {
                guard let page = list(name, decode) else { return nil }
                items += page
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
            let issued = lists(areOld(records) ? oldIssued...oldIssued : issuedPages, { $0.readParty() }),
            let seen = lists(areOld(records) ? oldSeen...oldSeen : seenPages, readSeen),
            let outside = areOld(records) ? [] : list(seenOutside, readSeen),
            let sealed = list(sealed, readSealed)
        else { return nil }
        image.custodians = custodians
        image.keys = keys
        image.unfinished = unfinished
        image.rules = rules
        image.issued = issued
        image.seen = seen + outside
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
    private static func readSeen(_ reader: inout ByteReader) -> SeenElement? {
        SeenElement(eid: reader.readParty(), nt: reader.read())
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
    fileprivate var seenOutside: [SeenElement] { seen.filter { !rules.covers($0.eid) } }
}

extension [UInt8] {
    fileprivate mutating func append(_ element: SeenElement) {
        append(element.eid)
        append(bigEndian: element.nt)
    }
}
