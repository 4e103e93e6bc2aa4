/// What the historical bytes say (ISO/IEC 7816-4, 12.1.1).
public enum HistoricalBytes: Sendable, Hashable {
    /// None.
    case absent
    /// Category indicator 80: COMPACT-TLV data objects.
    case compactTLV([CompactTLV])
    /// Category indicator 00: COMPACT-TLV data objects, followed by the life cycle status and a status word.
    case compactTLVWithStatus([CompactTLV], lifeCycle: UInt8, status: StatusWord)
    /// Category indicator 10: a reference to the DIR data.
    case directoryReference(UInt8)
    /// What a reader says of a storage card.
    case storageCard(StorageCard)
    /// Category indicator 81 to 8F, reserved for future use, or any other, which is proprietary; also where the bytes
    /// break the rules of a known indicator.
    case proprietary(ArraySlice<UInt8>)

    /// Parses historical bytes.
    public init(_ bytes: ArraySlice<UInt8>) {
        guard let category = bytes.first else {
            self = .absent
            return
        }
        if let card = StorageCard(bytes) {
            self = .storageCard(card)
            return
        }
        let rest = bytes.dropFirst()
        switch category {
        case 0x80:
            self = CompactTLV.parse(rest).map(HistoricalBytes.compactTLV) ?? .proprietary(bytes)
        case 0x00 where rest.count >= 3:
            let status = [UInt8](rest.suffix(3))
            self =
                CompactTLV.parse(rest.dropLast(3)).map {
                    .compactTLVWithStatus($0, lifeCycle: status[0], status: StatusWord(status[1], status[2]))
                } ?? .proprietary(bytes)
        case 0x10 where rest.count == 1:
            self = .directoryReference(rest[rest.startIndex])
        default:
            self = .proprietary(bytes)
        }
    }

    /// The COMPACT-TLV data objects, if any.
    public var objects: [CompactTLV] {
        switch self {
        case .compactTLV(let objects), .compactTLVWithStatus(let objects, _, _): objects
        case .absent, .directoryReference, .storageCard, .proprietary: []
        }
    }

    /// What the card can do (data object 7x); nil where the card does not say.
    public var capabilities: CardCapabilities? {
        objects.first { $0.tag == CompactTLV.cardCapabilities }.map { CardCapabilities($0.value) }
    }
}

extension AnswerToReset {
    /// What the historical bytes say.
    public var historical: HistoricalBytes { HistoricalBytes(historicalBytes) }
}
