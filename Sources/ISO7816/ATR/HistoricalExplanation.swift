/// The meaning of each historical byte, in words (ISO/IEC 7816-4, 12.1.1).
struct HistoricalExplanation {
    /// One list per byte; empty for a byte that its data object's first byte covers.
    private(set) var meanings: [[String]]

    init(_ bytes: ArraySlice<UInt8>) {
        meanings = Array(repeating: [], count: bytes.count)
        guard let category = bytes.first else { return }
        let text = Self.printable(bytes)
        switch HistoricalBytes(bytes) {
        case .absent: break
        case .compactTLV(let objects):
            meanings[0] = ["category indicator: COMPACT-TLV data objects follow"]
            explain(objects, from: 1)
        case .compactTLVWithStatus(let objects, let lifeCycle, let status):
            meanings[0] = ["category indicator: COMPACT-TLV data objects follow, then a status indicator of 3 bytes"]
            let end = explain(objects, from: 1)
            meanings[end] = [Self.meaning(ofLifeCycle: lifeCycle)]
            meanings[end + 1] = ["status \(status): \(status.meaning)"]
        case .directoryReference(let reference):
            meanings[0] = ["category indicator: a reference to the DIR data follows"]
            meanings[1] = ["DIR data reference \(reference)"]
        case .storageCard(let card): explain(card)
        case .proprietary:
            let broken = [0x00, 0x10, 0x80].contains(category)
            let kind =
                broken
                ? "category indicator whose rules the rest breaks"
                : (0x81...0x8F).contains(category)
                    ? "category indicator that is reserved for future use" : "proprietary"
            meanings[0] = text.map { [kind, "as text: \($0)"] } ?? [kind]
        }
    }

    private mutating func explain(_ card: StorageCard) {
        meanings[0] = ["a storage card, described by the reader (PC/SC part 3)"]
        meanings[1] = ["application identifier"]
        meanings[2] = ["12 bytes"]
        meanings[3] = ["RID \(StorageCard.workgroup.hexadecimal()): PC/SC workgroup"]
        meanings[8] = [card.standardText ?? "a standard that is reserved for future use"]
        let number = String(card.name, radix: 16, uppercase: true)
        meanings[9] = [
            card.nameText ?? "card name \(String(repeating: "0", count: 4 - number.count) + number), not known here"
        ]
        meanings[11] = ["reserved for future use"]
    }

    /// Explains data objects, and returns the index after them.
    @discardableResult
    private mutating func explain(_ objects: [CompactTLV], from start: Int) -> Int {
        var index = start
        for object in objects {
            let count = object.value.count
            meanings[index] = [
                "tag \(String(object.tag, radix: 16, uppercase: true)), \(count) byte\(count == 1 ? "" : "s"): "
                    + Self.name(ofTag: object.tag)
            ]
            index += 1
            for (offset, value) in Self.meanings(of: object).enumerated() { meanings[index + offset] = value }
            index += count
        }
        return index
    }

    private static func name(ofTag tag: UInt8) -> String {
        switch tag {
        case CompactTLV.countryCode: "country code (ISO 3166-1)"
        case CompactTLV.issuerIdentification: "issuer identification number (ISO/IEC 7812-1)"
        case CompactTLV.cardServiceData: "card service data"
        case CompactTLV.initialAccessData: "initial access data"
        case CompactTLV.issuerData: "the issuer's data"
        case CompactTLV.preIssuingData: "the maker's data"
        case CompactTLV.cardCapabilities: "card capabilities"
        case CompactTLV.statusIndicator: "status indicator"
        case CompactTLV.applicationIdentifier: "application identifier"
        default: "reserved for future use"
        }
    }

    private static func meanings(of object: CompactTLV) -> [[String]] {
        let value = [UInt8](object.value)
        switch (object.tag, value.count) {
        case (_, 0): return []
        case (CompactTLV.cardServiceData, 1): return [CardFunctions.services(value[0])]
        case (CompactTLV.cardCapabilities, 1...3):
            return zip(value, [CardFunctions.selection, CardFunctions.coding, CardFunctions.chaining]).map { $1($0) }
        case (CompactTLV.statusIndicator, 1): return [[meaning(ofLifeCycle: value[0])]]
        case (CompactTLV.statusIndicator, 2):
            let status = StatusWord(value[0], value[1])
            return [["status \(status): \(status.meaning)"]]
        case (CompactTLV.statusIndicator, 3):
            let status = StatusWord(value[1], value[2])
            return [[meaning(ofLifeCycle: value[0])], ["status \(status): \(status.meaning)"]]
        default:
            let digits = value.map(hexadecimal).joined(separator: " ")
            return [[printable(value[...]).map { "as text: \($0)" } ?? digits]]
        }
    }

    /// Life cycle status byte (ISO/IEC 7816-4, 7.4.10).
    private static func meaning(ofLifeCycle byte: UInt8) -> String {
        let state =
            switch byte {
            case 0: "not stated"
            case 1: "creation"
            case 3: "initialization"
            case 4, 6: "operational, deactivated"
            case 5, 7: "operational, activated"
            case 0x0C...0x0F: "termination"
            case 0x10...: "proprietary"
            default: "reserved for future use"
            }
        return "life cycle: \(state)"
    }

    /// The bytes as ASCII, where they are at least three and all printable.
    private static func printable(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.count >= 3, bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        return "'" + String(decoding: bytes, as: UTF8.self) + "'"
    }
}
