/// The commands for data objects (ISO/IEC 7816-4, 11.5).
extension CommandAPDU {
    /// GET DATA, even form: one data object of the current DF or application.
    ///
    /// - Parameters:
    ///   - tag: of 1 or 2 bytes, in P1-P2.
    ///   - length: maximum number of answer bytes, Ne.
    /// - Throws: `InterindustryError` with code `.outOfRange` for a longer tag.
    public static func getData(_ tag: TLVTag, length: Int = 256) throws(InterindustryError) -> CommandAPDU {
        let (p1, p2) = try halves(tag, "GET DATA")
        return try interindustry("GET DATA", 0xCA, p1, p2, expecting: length)
    }

    /// GET DATA, odd form: the data objects that a tag list (5C) names.
    ///
    /// - Parameters:
    ///   - tags: of the requested data objects.
    ///   - file: 0000 for the current EF, 3FFF for the current DF, else a file identifier.
    ///   - length: maximum number of answer bytes, Ne.
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func getData(
        _ tags: [TLVTag], of file: UInt16 = 0x3FFF, length: Int = 256
    ) throws(InterindustryError) -> CommandAPDU {
        let list = tags.flatMap { tag in
            (0..<tag.byteCount).reversed().map { UInt8(truncatingIfNeeded: tag.rawValue >> (8 * UInt32($0))) }
        }
        return try interindustry(
            "GET DATA", 0xCB, UInt8(file >> 8), UInt8(truncatingIfNeeded: file), data: TLV(0x5C, list).bytes,
            expecting: length)
    }

    /// PUT DATA, even form: the value of one data object.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange` for a tag of more than 2 bytes.
    public static func putData(_ tag: TLVTag, _ value: some Collection<UInt8>) throws(InterindustryError) -> CommandAPDU
    {
        let (p1, p2) = try halves(tag, "PUT DATA")
        return try interindustry("PUT DATA", 0xDA, p1, p2, data: value)
    }

    /// PUT DATA, odd form: data objects as they are.
    ///
    /// - Parameters:
    ///   - objects: the data objects, with tags and lengths.
    ///   - file: 0000 for the current EF, 3FFF for the current DF, else a file identifier.
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func putData(_ objects: [TLV], of file: UInt16 = 0x3FFF) throws(InterindustryError) -> CommandAPDU {
        try interindustry(
            "PUT DATA", 0xDB, UInt8(file >> 8), UInt8(truncatingIfNeeded: file), data: objects.flatMap(\.bytes))
    }

    private static func halves(_ tag: TLVTag, _ name: String) throws(InterindustryError) -> (UInt8, UInt8) {
        guard tag.byteCount <= 2 else { throw InterindustryError(.outOfRange, "\(name) of tag \(tag)") }
        return (UInt8(tag.rawValue >> 8), UInt8(truncatingIfNeeded: tag.rawValue))
    }
}
