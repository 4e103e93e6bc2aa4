/// What is known of a file's bytes, as far as a value can go on where a part of them ends.
struct FileParts: Sendable {
    /// Some bytes between those beside them in the file.
    struct Whole {
        let bytes: MaskedBytes
        /// Where they are.
        let part: Range<Int>

        /// The part of a range that is of them, counted from their first.
        func within(_ range: Range<Int>) -> Range<Int> {
            let range = range.clamped(to: part)
            return (range.lowerBound - part.lowerBound)..<(range.upperBound - part.lowerBound)
        }
    }

    /// Stretches of the file that do not touch each other, those known last at the end.
    private var stretches: [(start: Int, bytes: MaskedBytes)] = []

    /// The longest value that is looked for, with its tag and length, may begin so far before a part, or end behind it.
    private static let reach = 262
    /// Of a file that is read here and there, the first places are forgotten.
    private static let maxCount = 16

    /// Whether the byte at `offset` is known.
    func knows(_ offset: Int) -> Bool {
        stretches.contains { offset >= $0.start && offset < $0.start + $0.bytes.count }
    }

    /// The bytes at `range` with those before and behind them; nil where none of these are known.
    func whole(_ bytes: MaskedBytes, _ range: Range<Int>, at offset: Int) -> Whole? {
        let (before, after) = neighbours(of: offset..<(offset + range.count))
        guard before.count + after.count > 0 else { return nil }
        return Whole(
            bytes: before.appending(bytes, range).appending(after, 0..<after.count),
            part: before.count..<(before.count + range.count))
    }

    /// Adds bytes, which replace those that were known at their place.
    mutating func add(_ bytes: MaskedBytes, _ range: Range<Int>, at offset: Int) {
        guard !range.isEmpty else { return }
        if range.count > 2 * Self.reach {
            add(bytes, range.lowerBound..<(range.lowerBound + Self.reach), at: offset)
            add(
                bytes, (range.upperBound - Self.reach)..<range.upperBound,
                at: offset + range.count - Self.reach)
            return
        }
        let end = offset + range.count
        let (before, after) = neighbours(of: offset..<end)
        stretches.removeAll { $0.start <= end && $0.start + $0.bytes.count >= offset }
        if stretches.count >= Self.maxCount { stretches.removeFirst() }
        stretches.append(
            (offset - before.count, before.appending(bytes, range).appending(after, 0..<after.count)))
    }

    /// What is known before and behind a range, as far as a value reaches.
    private func neighbours(of range: Range<Int>) -> (before: MaskedBytes, after: MaskedBytes) {
        var (before, after) = (MaskedBytes([]), MaskedBytes([]))
        for (start, bytes) in stretches {
            let end = start + bytes.count
            if start < range.lowerBound, end >= range.lowerBound {
                let count = min(range.lowerBound - start, Self.reach)
                before = before.appending(bytes, (range.lowerBound - start - count)..<(range.lowerBound - start))
            }
            if start <= range.upperBound, end > range.upperBound {
                let count = min(end - range.upperBound, Self.reach)
                after = after.appending(bytes, (range.upperBound - start)..<(range.upperBound - start + count))
            }
        }
        return (before, after)
    }
}
