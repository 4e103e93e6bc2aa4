/// Aligns the commands of two traces by their longest common subsequence (Myers, 1986).
///
/// The memory use grows with the square of the differences. So where more than `maxSearched` commands remain between
/// the common prefix and suffix, they are first divided at commands that are unique on either side (as in patience
/// diff), and where there are none, in step.
struct CommandAlignment: Sendable {
    /// For each command of the first, its partner in the second.
    private(set) var partners: [Int?]
    private static let maxSearched = 4_000

    /// The two sequences being compared.
    private struct Sides {
        let first: [TraceEvent]
        let second: [TraceEvent]
        let alike: (TraceEvent, TraceEvent) -> Bool
        /// A key that is equal for equal commands only; nil where it is not defined.
        let key: (TraceEvent) -> [UInt8]?
    }

    init(
        _ first: [TraceEvent], _ second: [TraceEvent], alike: @escaping (TraceEvent, TraceEvent) -> Bool,
        key: @escaping (TraceEvent) -> [UInt8]?
    ) {
        partners = Array(repeating: nil, count: first.count)
        let sides = Sides(first: first, second: second, alike: alike, key: key)
        align(first.indices, second.indices, sides)
    }

    private mutating func align(_ first: Range<Int>, _ second: Range<Int>, _ sides: Sides) {
        var (a, b) = (first, second)
        while let i = a.first, let j = b.first, sides.alike(sides.first[i], sides.second[j]) {
            partners[i] = j
            (a, b) = (a.dropFirst(), b.dropFirst())
        }
        while let i = a.last, let j = b.last, sides.alike(sides.first[i], sides.second[j]) {
            partners[i] = j
            (a, b) = (a.dropLast(), b.dropLast())
        }
        guard !a.isEmpty, !b.isEmpty else { return }
        guard a.count + b.count > Self.maxSearched else { return search(a, b, sides) }
        let anchors = Self.anchors(a, b, sides)
        guard !anchors.isEmpty else {
            let half = Self.maxSearched / 2
            align(a.prefix(half), b.prefix(half), sides)
            return align(a.dropFirst(half), b.dropFirst(half), sides)
        }
        for (i, j) in anchors {
            partners[i] = j
            align(a.lowerBound..<i, b.lowerBound..<j, sides)
            (a, b) = (i + 1..<a.upperBound, j + 1..<b.upperBound)
        }
        align(a, b, sides)
    }

    private mutating func search(_ a: Range<Int>, _ b: Range<Int>, _ sides: Sides) {
        let changes = sides.second[b].difference(from: sides.first[a], by: sides.alike)
        let (removed, inserted) = (Set(changes.removals.map(Self.offset)), Set(changes.insertions.map(Self.offset)))
        let kept = a.filter { !removed.contains($0 - a.lowerBound) }
        let taken = b.filter { !inserted.contains($0 - b.lowerBound) }
        for (i, j) in zip(kept, taken) { partners[i] = j }
    }

    private static func offset(_ change: CollectionDifference<TraceEvent>.Change) -> Int {
        switch change {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }

    /// Commands that are unique on either side, as many as are in the same order on both.
    private static func anchors(_ a: Range<Int>, _ b: Range<Int>, _ sides: Sides) -> [(Int, Int)] {
        let second = single(sides.second, b, sides.key)
        let pairs = single(sides.first, a, sides.key).compactMap { key, i in second[key].map { (i, $0) } }
            .sorted { $0.0 < $1.0 }
        // The longest increasing subsequence: for each length the pair with the lowest end, and for each pair its
        // predecessor.
        var ends: [Int] = []
        var before: [Int?] = Array(repeating: nil, count: pairs.count)
        for (index, pair) in pairs.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = low + (high - low) / 2
                if pairs[ends[middle]].1 < pair.1 { low = middle + 1 } else { high = middle }
            }
            if low > 0 { before[index] = ends[low - 1] }
            if low == ends.count { ends.append(index) } else { ends[low] = index }
        }
        var anchors: [(Int, Int)] = []
        var index = ends.last
        while let now = index {
            anchors.append(pairs[now])
            index = before[now]
        }
        return anchors.reversed()
    }

    /// The indices of commands that occur once.
    private static func single(
        _ events: [TraceEvent], _ range: Range<Int>, _ key: (TraceEvent) -> [UInt8]?
    ) -> [[UInt8]: Int] {
        var indices: [[UInt8]: Int?] = [:]
        for index in range {
            guard let key = key(events[index]) else { continue }
            indices[key] = indices[key] == nil ? .some(index) : .some(nil)
        }
        return indices.compactMapValues { $0 }
    }
}
