import ISO7816

/// Lines of a dump: up to 16 bytes, then the same bytes as characters.
///
///     6F 1F 84 07 F0 56 53 54 4F 52 45 A5 14 80 08 00 o....VSTORE.....
///     00 90 00                                        ...
enum HexadecimalDump {
    private static let bytesPerLine = 16

    /// The bytes of a line; nil where it is no line of a dump.
    ///
    /// - Parameters:
    ///   - left: how many bytes the dump still has; nil where that is unknown, and the characters tell it.
    ///   - isFirst: whether it is the first line, which is not padded.
    static func bytes(in text: Substring, left: Int?, isFirst: Bool) -> [UInt8]? {
        var bytes: [UInt8] = []
        let limit = min(left ?? bytesPerLine, bytesPerLine)
        let units = text.utf8
        var index = units.startIndex
        /// Where the rest begins after each number of bytes.
        var ends: [Substring.UTF8View.Index] = []
        while bytes.count < limit, index < units.endIndex {
            let next = units.index(after: index)
            guard let high = units[index].hexadecimalValue, next < units.endIndex,
                let low = units[next].hexadecimalValue
            else { break }
            let after = units.index(after: next)
            guard after == units.endIndex || units[after] == UInt8(ascii: " ") || units[after] == UInt8(ascii: "\t")
            else { break }
            bytes.append(high << 4 | low)
            index = after == units.endIndex ? after : units.index(after: after)
            ends.append(index)
        }
        guard !bytes.isEmpty else { return nil }
        guard left == nil else { return bytes }
        // Characters that look like bytes: the number of bytes is the one with as many characters behind.
        for count in (1...bytes.count).reversed() {
            let rest = text[ends[count - 1]...]
            let characters = isFirst ? rest : rest.dropFirst(3 * (bytesPerLine - count))
            if characters.count == count { return Array(bytes.prefix(count)) }
        }
        // Blanks at the end may have been cut off.
        let shown = text[index...].drop { $0 == " " }.count
        return shown > 0 && shown < bytes.count ? Array(bytes.prefix(shown)) : bytes
    }
}
