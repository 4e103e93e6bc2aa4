/// The commands for EFs of transparent structure (ISO/IEC 7816-4, 11.3).
///
/// Each has two forms: with an even instruction the offset is in P1-P2 (15 bits, or 8 with a short EF identifier), with
/// an odd one it is data object 54 and what is written is data object 53. The even form is used wherever the offset
/// fits.
extension CommandAPDU {
    /// READ BINARY.
    ///
    /// - Parameters:
    ///   - file: which EF.
    ///   - offset: from 0 to 4,294,967,295.
    ///   - length: maximum number of bytes; above what an answer can hold, all that it can.
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func readBinary(
        _ file: FileReference = .current, offset: Int = 0, length: Int = 256
    ) throws(InterindustryError) -> CommandAPDU {
        let position = try BinaryAddress("READ BINARY", file, offset)
        let length = min(length, 65_536)
        let extra = position.isOdd ? TLVTag(0x53).encodedCount(valueCount: length) - length : 0
        return try interindustry(
            "READ BINARY", position.isOdd ? 0xB1 : 0xB0, position.p1, position.p2, data: position.offsetObject,
            expecting: min(length + extra, 65_536))
    }

    /// UPDATE BINARY: overwrites the content.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func updateBinary(
        _ file: FileReference = .current, offset: Int = 0, _ data: some Collection<UInt8>
    ) throws(InterindustryError) -> CommandAPDU {
        try writing("UPDATE BINARY", 0xD6, file, offset, data)
    }

    /// WRITE BINARY: writes once, or sets or clears bits, as the file's data coding byte says.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func writeBinary(
        _ file: FileReference = .current, offset: Int = 0, _ data: some Collection<UInt8>
    ) throws(InterindustryError) -> CommandAPDU {
        try writing("WRITE BINARY", 0xD0, file, offset, data)
    }

    /// ERASE BINARY, from `offset` up to `end`, or up to the end of the file.
    ///
    /// - Parameters:
    ///   - file: which EF.
    ///   - offset: of the first byte to erase, 0 to 4,294,967,295.
    ///   - end: the first byte that is not erased.
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func eraseBinary(
        _ file: FileReference = .current, offset: Int = 0, until end: Int? = nil
    ) throws(InterindustryError) -> CommandAPDU {
        let position = try BinaryAddress("ERASE BINARY", file, offset)
        guard end.map({ $0 > offset && $0 <= 0xFFFF_FFFF }) ?? true else {
            throw InterindustryError(.outOfRange, "ERASE BINARY up to byte \(end ?? 0)")
        }
        let isOdd = position.isOdd || (end ?? 0) > 0xFFFF
        guard isOdd else {
            let data = end.map { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] } ?? []
            return try interindustry("ERASE BINARY", 0x0E, position.p1, position.p2, data: data)
        }
        let odd = try BinaryAddress("ERASE BINARY", file, offset, isOdd: true)
        let data = odd.offsetObject + (end.map { BinaryAddress.object(offset: $0) } ?? [])
        return try interindustry("ERASE BINARY", 0x0F, odd.p1, odd.p2, data: data)
    }

    /// SEARCH BINARY: the offset of the first occurrence of `pattern` after `offset`.
    ///
    /// The answer is the offset as data object 54 in the odd form, and as 2 bytes in the even one.
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange`.
    public static func searchBinary(
        _ file: FileReference = .current, offset: Int = 0, for pattern: some Collection<UInt8>
    ) throws(InterindustryError) -> CommandAPDU {
        let position = try BinaryAddress("SEARCH BINARY", file, offset)
        let data = position.isOdd ? position.offsetObject + TLV(0x53, pattern).bytes : [UInt8](pattern)
        return try interindustry(
            "SEARCH BINARY", position.isOdd ? 0xA1 : 0xA0, position.p1, position.p2, data: data, expecting: 256)
    }

    private static func writing(
        _ name: String, _ ins: UInt8, _ file: FileReference, _ offset: Int, _ data: some Collection<UInt8>
    ) throws(InterindustryError) -> CommandAPDU {
        let position = try BinaryAddress(name, file, offset)
        guard position.isOdd else { return try interindustry(name, ins, position.p1, position.p2, data: data) }
        return try interindustry(
            name, ins | 1, position.p1, position.p2, data: position.offsetObject + TLV(0x53, data).bytes)
    }
}

/// The file and offset, as encoded in P1-P2 and the data.
struct BinaryAddress {
    let p1: UInt8
    let p2: UInt8
    let isOdd: Bool
    /// Data object 54 in the odd form, else nothing.
    let offsetObject: [UInt8]

    /// Uses the even form where the offset fits, unless the odd one is requested.
    init(_ name: String, _ file: FileReference, _ offset: Int, isOdd demanded: Bool = false) throws(InterindustryError)
    {
        guard offset >= 0, offset <= 0xFFFF_FFFF else { throw InterindustryError(.outOfRange, "\(name) at \(offset)") }
        let short = try file.identifier(name)
        isOdd = demanded || offset > (short == 0 ? 0x7FFF : 0xFF)
        if isOdd {
            (p1, p2, offsetObject) = (0, short, BinaryAddress.object(offset: offset))
        } else if short == 0 {
            (p1, p2, offsetObject) = (UInt8(offset >> 8), UInt8(truncatingIfNeeded: offset), [])
        } else {
            (p1, p2, offsetObject) = (0x80 | short, UInt8(offset), [])
        }
    }

    /// Data object 54.
    static func object(offset: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = offset
        repeat {
            bytes.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        } while rest > 0
        return [0x54, UInt8(bytes.count)] + bytes
    }
}
