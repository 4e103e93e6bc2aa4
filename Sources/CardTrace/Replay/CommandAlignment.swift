/// Which commands of two traces belong together: the longest sequence that both have (Myers, 1986).
///
/// The search takes memory by the square of what differs. So where more than `mostSearched` commands are left between
/// what is alike at both ends, they are first divided at commands that either side has once (as patience diff does), and
/// where there is none, in step.
struct CommandAlignment: Sendable {
    /// For each command of the first, the one of the second that it belongs to.
    private(set) var partners: [Int?]
    private static let mostSearched = 4_000

    /// What is compared.
    private struct Sides {
        let first: [TraceEvent]
        let second: [TraceEvent]
        let alike: (TraceEvent, TraceEvent) -> Bool
        /// What commands that are alike have in common, and no others; nil where that cannot be said.
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
        guard a.count + b.count > Self.mostSearched else { return search(a, b, sides) }
        let anchors = Self.anchors(a, b, sides)
        guard !anchors.isEmpty else {
            let half = Self.mostSearched / 2
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

    /// Commands that either side has once, as many as stand in one order on both.
    private static func anchors(_ a: Range<Int>, _ b: Range<Int>, _ sides: Sides) -> [(Int, Int)] {
        let second = single(sides.second, b, sides.key)
        let pairs = single(sides.first, a, sides.key).compactMap { key, i in second[key].map { (i, $0) } }
            .sorted { $0.0 < $1.0 }
        // The longest ascending sequence: for each length the pair with the lowest end, and for each pair the one before.
        var ends: [Int] = []
        var before: [Int?] = Array(repeating: nil, count: pairs.count)
        for (place, pair) in pairs.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = low + (high - low) / 2
                if pairs[ends[middle]].1 < pair.1 { low = middle + 1 } else { high = middle }
            }
            if low > 0 { before[place] = ends[low - 1] }
            if low == ends.count { ends.append(place) } else { ends[low] = place }
        }
        var anchors: [(Int, Int)] = []
        var place = ends.last
        while let now = place {
            anchors.append(pairs[now])
            place = before[now]
        }
        return anchors.reversed()
    }

    /// Where the commands stand that there is one of.
    private static func single(
        _ events: [TraceEvent], _ range: Range<Int>, _ key: (TraceEvent) -> [UInt8]?
    ) -> [[UInt8]: Int] {
        var places: [[UInt8]: Int?] = [:]
        for place in range {
            guard let key = key(events[place]) else { continue }
            places[key] = places[key] == nil ? .some(place) : .some(nil)
        }
        return places.compactMapValues { $0 }
    }
}
