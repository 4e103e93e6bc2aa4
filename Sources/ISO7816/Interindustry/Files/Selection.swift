/// What SELECT selects, and how it is named (ISO/IEC 7816-4, 11.2.2).
public enum Selection: Sendable, Hashable {
    /// The master file, 3F00.
    case masterFile
    /// A file by its identifier alone: MF, DF or EF.
    case identifier(UInt16)
    /// A child DF of the current one.
    case child(UInt16)
    /// An EF of the current DF.
    case elementaryFile(UInt16)
    /// The parent DF of the current one.
    case parent
    /// An application by its name (AID), 1 to 16 bytes: full, or partial where the card supports that.
    case name([UInt8], Occurrence = .first)
    /// A path from the MF, whose own identifier is left out.
    case path([UInt16])
    /// A path from the current DF, whose own identifier is left out.
    case pathFromCurrent([UInt16])

    /// Which of several files of the same name.
    public enum Occurrence: UInt8, Sendable, Hashable, CaseIterable {
        case first = 0
        case last = 1
        case next = 2
        case previous = 3
    }

    /// What the card is to return.
    public enum Answer: UInt8, Sendable, Hashable, CaseIterable {
        /// The FCI template, 6F.
        case controlInformation = 0x00
        /// The FCP template, 62.
        case controlParameters = 0x04
        /// The FMD template, 64.
        case managementData = 0x08
        /// Nothing.
        case nothing = 0x0C
    }

    /// P1, occurrence and data of the command.
    fileprivate var fields: (p1: UInt8, occurrence: Occurrence, data: [UInt8]) {
        func bytes(_ identifiers: [UInt16]) -> [UInt8] {
            identifiers.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        }
        switch self {
        case .masterFile: return (0x00, .first, bytes([0x3F00]))
        case .identifier(let identifier): return (0x00, .first, bytes([identifier]))
        case .child(let identifier): return (0x01, .first, bytes([identifier]))
        case .elementaryFile(let identifier): return (0x02, .first, bytes([identifier]))
        case .parent: return (0x03, .first, [])
        case .name(let name, let occurrence): return (0x04, occurrence, name)
        case .path(let path): return (0x08, .first, bytes(path))
        case .pathFromCurrent(let path): return (0x09, .first, bytes(path))
        }
    }
}

extension CommandAPDU {
    /// SELECT (ISO/IEC 7816-4, 11.2.2).
    ///
    /// - Throws: `InterindustryError` with code `.outOfRange` for an empty path and a name that is not 1 to 16 bytes.
    public static func select(
        _ selection: Selection, answer: Selection.Answer = .controlInformation
    ) throws(InterindustryError) -> CommandAPDU {
        let (p1, occurrence, data) = selection.fields
        if case .name = selection, !(1...16).contains(data.count) {
            throw InterindustryError(.outOfRange, "SELECT by a name of \(data.count) bytes")
        }
        if p1 >= 0x08, data.isEmpty { throw InterindustryError(.outOfRange, "SELECT by an empty path") }
        return try interindustry(
            "SELECT", 0xA4, p1, answer.rawValue | occurrence.rawValue, data: data,
            expecting: answer == .nothing ? nil : 256)
    }
}

extension CardChannel {
    /// Selects a file and returns the card's information about it; nil where it returns none.
    ///
    /// A file that is deactivated (6283), in termination state (6285) or whose information is malformed (6284) is
    /// selected nevertheless.
    ///
    /// - Throws: `InterindustryError`; `.refused` with status 6A82 where the file does not exist; `.malformedAnswer`
    ///   where the information is not a template 62, 64 or 6F.
    @discardableResult
    public func select(
        _ selection: Selection, answer: Selection.Answer = .controlInformation
    ) throws(InterindustryError) -> FileControlInformation? {
        let response = try perform(.select(selection, answer: answer), "SELECT") {
            $0 == .success || [0x6283, 0x6284, 0x6285].contains($0.rawValue)
        }
        guard !response.data.isEmpty, response.status.rawValue != 0x6284 else { return nil }
        return try FileControlInformation(response.data)
    }

    /// Every application whose name begins with `prefix`, one after the other; the last one stays selected.
    ///
    /// - Parameters:
    ///   - prefix: the first bytes of their names, max. 16.
    ///   - limit: maximum number, since a card might cycle through its applications endlessly.
    /// - Throws: `InterindustryError`; `.tooLong` where there are more. Empty where no application matches.
    public func selectAll(
        _ prefix: [UInt8], limit: Int = 64
    ) throws(InterindustryError) -> [FileControlInformation] {
        var found: [FileControlInformation] = []
        var occurrence = Selection.Occurrence.first
        while true {
            let response = try exchange(.select(.name(prefix, occurrence)), "SELECT")
            if response.status == .notFound { return found }
            guard response.status == .success || response.status.rawValue == 0x6283 else {
                throw InterindustryError(.refused, "SELECT", status: response.status)
            }
            guard found.count < limit else { throw InterindustryError(.tooLong, "applications on the card") }
            found.append(try FileControlInformation(response.data))
            occurrence = .next
        }
    }
}
