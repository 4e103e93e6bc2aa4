/// Lines of logs as they are stored: with colours of a terminal, and with those that syslog has spelled out.
enum LogText {
    /// Removes the control sequences of a terminal (ECMA-48, 5.4): ESC, `[`, parameters, a final byte.
    static func plain(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard line.contains(0x1B) else { return line }
        var plain: [UInt8] = []
        plain.reserveCapacity(line.count)
        var offset = line.startIndex
        while offset < line.endIndex {
            guard line[offset] == 0x1B else {
                plain.append(line[offset])
                offset += 1
                continue
            }
            offset = end(ofSequence: line, from: offset + 1)
        }
        return plain[...]
    }

    /// The offset after a control sequence whose ESC has been passed.
    private static func end(ofSequence line: ArraySlice<UInt8>, from start: Int) -> Int {
        guard start < line.endIndex, line[start] == UInt8(ascii: "[") else { return min(start + 1, line.endIndex) }
        var offset = start + 1
        while offset < line.endIndex, (0x20...0x3F).contains(line[offset]) { offset += 1 }
        return min(offset + 1, line.endIndex)
    }

    /// Removes colours whose ESC a syslog service wrote as `#033` (rsyslog) or a pager as `^[`.
    static func withoutSpelledColours(_ text: Substring) -> Substring {
        let marks: [StaticString] = ["#033[", "^[["]
        guard marks.contains(where: { text.utf8.contains($0) }) else { return text }
        let units = Array(text.utf8)
        let spelled = ["#033[", "^[["].map { Array($0.utf8) }
        var (plain, offset): ([UInt8], Int) = ([], 0)
        while offset < units.count {
            if let mark = spelled.first(where: { units[offset...].starts(with: $0) }) {
                var end = offset + mark.count
                while end < units.count, (0x30...0x3B).contains(units[end]) { end += 1 }
                if end < units.count, units[end] == UInt8(ascii: "m") {
                    offset = end + 1
                    continue
                }
            }
            plain.append(units[offset])
            offset += 1
        }
        return Substring(decoding: plain, as: UTF8.self)
    }
}
