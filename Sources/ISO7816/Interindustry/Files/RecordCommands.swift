/// Which record of an EF (ISO/IEC 7816-4, 11.4).
public enum RecordReference: Sendable, Hashable {
    /// By number, from 1 on; 0 is the current record.
    case number(UInt8)
    /// By identifier, 0 for any: its first, last, next or previous occurrence.
    case identifier(UInt8, Selection.Occurrence)

    /// P1 and the low three bits of P2.
    fileprivate var fields: (p1: UInt8, mode: UInt8) {
        switch self {
        case .number(let number): (number, 0b100)
        case .identifier(let identifier, let occurrence): (identifier, occurrence.rawValue)
        }
    }
}

/// The commands for EFs of records (ISO/IEC 7816-4, 11.4).
extension CommandAPDU {
    /// READ RECORD, one record.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func readRecord(
        _ record: RecordReference, of file: FileReference = .current, length: Int = 256
    ) throws(InterindustryError) -> CommandAPDU {
        try recordCommand("READ RECORD", 0xB2, record.fields, file, expecting: length)
    }

    /// READ RECORD, all records from number `first` to the last, concatenated.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func readRecords(
        from first: UInt8 = 1, of file: FileReference = .current, length: Int = 256
    ) throws(InterindustryError) -> CommandAPDU {
        try recordCommand("READ RECORD", 0xB2, (first, 0b101), file, expecting: length)
    }

    /// UPDATE RECORD: overwrites the whole record.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func updateRecord(
        _ record: RecordReference, of file: FileReference = .current, _ data: some Collection<UInt8>
    ) throws(InterindustryError) -> CommandAPDU {
        try recordCommand("UPDATE RECORD", 0xDC, record.fields, file, data: data)
    }

    /// WRITE RECORD: writes once, or sets or clears bits, as the file's data coding byte says.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func writeRecord(
        _ record: RecordReference, of file: FileReference = .current, _ data: some Collection<UInt8>
    ) throws(InterindustryError) -> CommandAPDU {
        try recordCommand("WRITE RECORD", 0xD2, record.fields, file, data: data)
    }

    /// APPEND RECORD: a new record at the end of a linear EF, or record 1 of a cyclic one.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func appendRecord(
        to file: FileReference = .current, _ data: some Collection<UInt8>
    ) throws(InterindustryError) -> CommandAPDU {
        try recordCommand("APPEND RECORD", 0xE2, (0, 0), file, data: data)
    }

    /// ERASE RECORD: one record, or it and all records after it.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func eraseRecord(
        _ number: UInt8, andFollowing: Bool = false, of file: FileReference = .current
    ) throws(InterindustryError) -> CommandAPDU {
        try recordCommand("ERASE RECORD", 0x0C, (number, andFollowing ? 0b101 : 0b100), file)
    }

    /// SEARCH RECORD, simple: the numbers of the records that hold `pattern`, from number `first` forwards or
    /// backwards.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func searchRecord(
        for pattern: some Collection<UInt8>, from first: UInt8 = 1, backwards: Bool = false,
        of file: FileReference = .current
    ) throws(InterindustryError) -> CommandAPDU {
        try recordCommand(
            "SEARCH RECORD", 0xA2, (first, backwards ? 0b101 : 0b100), file, data: pattern, expecting: 256)
    }

    private static func recordCommand(
        _ name: String, _ ins: UInt8, _ record: (p1: UInt8, mode: UInt8), _ file: FileReference,
        data: some Collection<UInt8> = EmptyCollection(), expecting length: Int? = nil
    ) throws(InterindustryError) -> CommandAPDU {
        guard record.p1 != 0xFF else { throw InterindustryError(.outOfRange, "\(name) 255") }
        let short = try file.identifier(name)
        return try interindustry(name, ins, record.p1, short << 3 | record.mode, data: data, expecting: length)
    }
}

extension CardChannel {
    /// All records of an EF in order, each read by number up to the first that does not exist (6A83).
    ///
    /// - Throws: `InterindustryError`.
    public func readRecords(of file: FileReference = .current, length: Int = 256) throws(InterindustryError)
        -> [[UInt8]]
    {
        var records: [[UInt8]] = []
        for number in UInt8(1)...254 {
            let name = "READ RECORD \(number)"
            var response = try exchange(.readRecord(.number(number), of: file, length: length), name)
            if let right = response.status.correctLength {
                response = try exchange(.readRecord(.number(number), of: file, length: right), name)
            }
            if response.status.rawValue == 0x6A83 { break }
            guard response.status == .success || response.status.rawValue == 0x6282 else {
                throw InterindustryError(.refused, name, status: response.status)
            }
            records.append([UInt8](response.data))
        }
        return records
    }
}
