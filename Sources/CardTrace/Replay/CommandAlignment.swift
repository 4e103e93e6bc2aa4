/// Aligns the commands of two traces by their longest common subsequence (Myers, 1986), in time that grows with their
/// lengths.
///
/// The work of the search grows with the square of the differences. So it gives up after `maxDifferences` of them, and
/// goes on from the point that it has come furthest to; and where more than `maxSearched` commands remain between the
/// common prefix and suffix, they are first divided at commands that are unique on either side (as in patience diff).
struct CommandAlignment: Sendable {
    /// For each command of the first, its partner in the second.
    private(set) var partners: [Int?]
    /// How many commands were looked at and compared.
    private(set) var steps = 0
    private static let maxSearched = 4_000
    private static let maxDifferences = 500
    /// How often a part is divided again.
    private static let maxDepth = 8

    /// The two sequences being compared.
    private struct Sides {
        let first: [TraceEvent]
        let second: [TraceEvent]
        let alike: (TraceEvent, TraceEvent) -> Bool
        /// Numbers that are equal for equal commands only; nil where masked bytes leave them undefined.
        let numbers: (first: [Int?], second: [Int?])

        func areAlike(_ i: Int, _ j: Int) -> Bool {
            if let one = numbers.first[i], let other = numbers.second[j] { return one == other }
            return alike(first[i], second[j])
        }
    }

    /// - Parameters:
    ///   - alike: whether two commands are partners; called only where one of them has no key.
    ///   - key: equal for two commands that have one exactly where they are alike.
    init(
        _ first: [TraceEvent], _ second: [TraceEvent], alike: @escaping (TraceEvent, TraceEvent) -> Bool,
        key: (TraceEvent) -> [UInt8]?
    ) {
        partners = Array(repeating: nil, count: first.count)
        var known: [[UInt8]: Int] = [:]
        func number(_ event: TraceEvent) -> Int? {
            guard let key = key(event) else { return nil }
            let number = known[key] ?? known.count
            known[key] = number
            return number
        }
        let sides = Sides(
            first: first, second: second, alike: alike, numbers: (first.map(number), second.map(number)))
        align(first.indices, second.indices, sides, depth: 0)
    }

    private mutating func areAlike(_ i: Int, _ j: Int, _ sides: Sides) -> Bool {
        steps += 1
        return sides.areAlike(i, j)
    }

    private mutating func align(_ first: Range<Int>, _ second: Range<Int>, _ sides: Sides, depth: Int) {
        var (a, b) = (first, second)
        while let i = a.first, let j = b.first, areAlike(i, j, sides) {
            partners[i] = j
            (a, b) = (a.dropFirst(), b.dropFirst())
        }
        while let i = a.last, let j = b.last, areAlike(i, j, sides) {
            partners[i] = j
            (a, b) = (a.dropLast(), b.dropLast())
        }
        guard !a.isEmpty, !b.isEmpty else { return }
        guard a.count + b.count > Self.maxSearched, depth < Self.maxDepth else { return search(a, b, sides) }
        steps += a.count + b.count
        let anchors = Self.anchors(a, b, sides)
        guard !anchors.isEmpty else { return search(a, b, sides) }
        for (i, j) in anchors {
            partners[i] = j
            align(a.lowerBound..<i, b.lowerBound..<j, sides, depth: depth + 1)
            (a, b) = (i + 1..<a.upperBound, j + 1..<b.upperBound)
        }
        align(a, b, sides, depth: depth + 1)
    }

    // MARK: Search

    private mutating func search(_ a: Range<Int>, _ b: Range<Int>, _ sides: Sides) {
        var (a, b) = (a, b)
        while !a.isEmpty, !b.isEmpty {
            let reached = advance(a, b, sides)
            (a, b) = (a.dropFirst(reached.x), b.dropFirst(reached.y))
        }
    }

    /// A point that a number of differences leads to: so many commands of either side.
    private struct Point {
        var x = 0
        var y = 0
        var differences = 0
    }

    /// Finds the partners up to the end of both ranges, or up to the furthest point within `maxDifferences`, which is at
    /// least one command.
    private mutating func advance(_ a: Range<Int>, _ b: Range<Int>, _ sides: Sides) -> Point {
        let limit = min(a.count + b.count, Self.maxDifferences)
        let origin = limit + 1
        // For each diagonal x - y how far it leads; and what it was after each number of differences. Points behind an
        // end never lead back to the end itself.
        var furthest = [Int](repeating: 0, count: 2 * limit + 3)
        var history: [[Int]] = []
        var best = Point()
        search: for differences in 0...limit {
            for diagonal in stride(from: -differences, through: differences, by: 2) {
                // Down is by a command that only the second side has.
                let isDown =
                    diagonal == -differences
                    || diagonal != differences
                        && furthest[origin + diagonal - 1] < furthest[origin + diagonal + 1]
                var x = isDown ? furthest[origin + diagonal + 1] : furthest[origin + diagonal - 1] + 1
                while x < a.count, x - diagonal < b.count,
                    areAlike(a.lowerBound + x, b.lowerBound + x - diagonal, sides)
                {
                    x += 1
                }
                furthest[origin + diagonal] = x
                let y = x - diagonal
                guard x <= a.count, y <= b.count else { continue }
                if x + y > best.x + best.y { best = Point(x: x, y: y, differences: differences) }
                if x == a.count, y == b.count { break search }
            }
            history.append(Array(furthest[(origin - differences)...(origin + differences)]))
        }
        pair(to: best, history, from: (a.lowerBound, b.lowerBound))
        return best
    }

    /// Follows the way back from a point.
    private mutating func pair(to point: Point, _ history: [[Int]], from start: (Int, Int)) {
        var (x, diagonal) = (point.x, point.x - point.y)
        for differences in stride(from: point.differences, to: 0, by: -1) {
            let row = history[differences - 1]
            func reached(_ diagonal: Int) -> Int { row[diagonal + differences - 1] }
            let isDown =
                diagonal == -differences
                || diagonal != differences && reached(diagonal - 1) < reached(diagonal + 1)
            let before = isDown ? diagonal + 1 : diagonal - 1
            let begin = isDown ? reached(before) : reached(before) + 1
            for index in begin..<x { partners[start.0 + index] = start.1 + index - diagonal }
            (x, diagonal) = (reached(before), before)
        }
        for index in 0..<x { partners[start.0 + index] = start.1 + index }
    }

    /// Commands that are unique on either side, as many as are in the same order on both.
    private static func anchors(_ a: Range<Int>, _ b: Range<Int>, _ sides: Sides) -> [(Int, Int)] {
        let second = single(sides.numbers.second, b)
        let pairs = single(sides.numbers.first, a).compactMap { key, i in second[key].map { (i, $0) } }
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
    private static func single(_ numbers: [Int?], _ range: Range<Int>) -> [Int: Int] {
        var indices: [Int: Int?] = [:]
        for index in range {
            guard let number = numbers[index] else { continue }
            indices[number] = indices[number] == nil ? .some(index) : .some(nil)
        }
        return indices.compactMapValues { $0 }
    }
}
