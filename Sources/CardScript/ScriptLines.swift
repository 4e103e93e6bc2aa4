extension StringProtocol where SubSequence == Substring {
    /// The lines, empty ones too, without their ends: what `Character.isNewline` says ends a line, found in the bytes,
    /// which costs a tenth of breaking the text into characters. CR and LF together are one end.
    var lines: [Substring] {
        let units = Array(utf8)
        var (lines, start, place): ([Substring], String.Index, Int) = ([], startIndex, 0)
        var next = startIndex
        while place < units.count {
            let width = units.newlineWidth(at: place)
            guard width > 0 else {
                place += 1
                next = utf8.index(after: next)
                continue
            }
            lines.append(self[start..<next])
            place += width
            next = utf8.index(next, offsetBy: width)
            start = next
        }
        lines.append(self[start...])
        return lines
    }
}

extension [UInt8] {
    /// How many bytes of UTF-8 the line's end at `place` has; 0 where there is none.
    fileprivate func newlineWidth(at place: Int) -> Int {
        func has(_ bytes: UInt8...) -> Bool { self[place...].starts(with: bytes) }
        switch self[place] {
        case 0x0D: return has(0x0D, 0x0A) ? 2 : 1
        case 0x0A, 0x0B, 0x0C: return 1
        // NEL, line separator, paragraph separator
        case 0xC2: return has(0xC2, 0x85) ? 2 : 0
        case 0xE2: return has(0xE2, 0x80, 0xA8) || has(0xE2, 0x80, 0xA9) ? 3 : 0
        default: return 0
        }
    }
}
