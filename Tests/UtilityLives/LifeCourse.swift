import Foundation
import TestSupport

/// The steps of a life: some of those that a seed makes.
package struct LifeCourse: Sendable, CustomStringConvertible {
    package let seed: UInt64
    /// By their place in the seed's own order.
    package let places: [Int]

    /// - Parameter count: of the first steps of the seed.
    package init(seed: UInt64, count: Int) { (self.seed, places) = (seed, Array(0..<count)) }

    private init(seed: UInt64, places: [Int]) { (self.seed, self.places) = (seed, places) }

    /// Parses `description`; nil if it is none.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let seed = UInt64(parts[0]) else { return nil }
        var places: [Int] = []
        for range in parts[1].split(separator: ",") {
            let ends = range.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last, places.last ?? -1 < first else {
                return nil
            }
            places += first...last
        }
        self.init(seed: seed, places: places)
    }

    /// `7:3,12,40-50`
    package var description: String {
        var ranges: [ClosedRange<Int>] = []
        for place in places {
            if let last = ranges.last, last.upperBound == place - 1 {
                ranges[ranges.count - 1] = last.lowerBound...place
            } else {
                ranges.append(place...place)
            }
        }
        let texts = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        return "\(seed):" + texts.joined(separator: ",")
    }

    /// The numbers that make the steps.
    package var numbers: [UInt64] {
        var random = SeededGenerator(seed: seed)
        let all = (0..<(places.last ?? -1) + 1).map { _ in random.next() as UInt64 }
        return places.map { all[$0] }
    }

    /// What does not hold in this life, and the course to the step that showed it; nil if everything holds.
    ///
    /// - Parameters:
    ///   - wholeEvery: after so many steps everybody reports and the whole is verified, and at the end.
    ///   - makeStore: makes the place of the records.
    package func violation(
        wholeEvery count: Int, in makeStore: () throws -> any LifeStore
    ) -> (what: String, course: LifeCourse)? {
        var done = 0
        do {
            var life = try UtilityLife(in: makeStore())
            for number in numbers {
                done += 1
                try life.step(number)
                if done % count == 0 { try life.expectTruth() }
            }
            try life.expectTruth()
            return nil
        } catch {
            return ("\(error)", LifeCourse(seed: seed, places: Array(places.prefix(done))))
        }
    }

    /// Leaves out steps, first many, then one by one, as long as something does not hold.
    ///
    /// - Parameters:
    ///   - trials: how many lives are tried at most.
    ///   - fails: whether something does not hold in a life of this course: the course to the step that showed it.
    package func shortest(trials: Int = 500, _ fails: (LifeCourse) -> LifeCourse?) -> LifeCourse {
        var shortest = self
        var size = max(places.count / 2, 1)
        var trials = trials
        while true {
            var start = 0
            let before = shortest.places.count
            while start < shortest.places.count, trials > 0 {
                trials -= 1
                let end = min(start + size, shortest.places.count)
                let rest = Array(shortest.places[..<start] + shortest.places[end...])
                if let found = fails(LifeCourse(seed: seed, places: rest)) { shortest = found } else { start += size }
            }
            if size > 1 { size /= 2 } else if shortest.places.count == before || trials == 0 { return shortest }
        }
    }

    /// What does not hold in this life, the shortest one that shows something, and the command that repeats it; nil if
    /// everything holds.
    ///
    /// - Parameters:
    ///   - makeStore: makes the place of the records.
    ///   - suite: which lives through it.
    package func failure(in makeStore: () throws -> any LifeStore, repeatedBy suite: String) -> String? {
        func violation(_ course: LifeCourse) -> (what: String, course: LifeCourse)? {
            course.violation(wholeEvery: 1_000, in: makeStore)
        }
        guard let found = violation(self) else { return nil }
        let shortest = found.course.shortest { violation($0)?.course }
        return """
            seed \(seed), step \(found.course.places.count): \(found.what)
            The shortest life that shows something: \(violation(shortest)?.what ?? found.what)
            VALUESTORE_LIFE=\(shortest) Tools/test --filter \(suite)
            """
    }

    /// Whether there is time for many lives.
    package static var isCampaign: Bool { ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] != nil }

    /// The life of `VALUESTORE_LIFE`, such as one that a failure names; otherwise as many as `VALUESTORE_LIVES` says, or as
    /// there is time for: short ones, or long ones in a campaign.
    ///
    /// - Parameters:
    ///   - count: of lives of `stepCount` steps.
    ///   - campaignCount: of lives of 1,000 steps.
    package static func all(_ count: UInt64, stepCount: Int, inCampaign campaignCount: UInt64) -> [LifeCourse] {
        let environment = ProcessInfo.processInfo.environment
        if let asked = environment["VALUESTORE_LIFE"] {
            guard let course = LifeCourse(asked) else {
                preconditionFailure("VALUESTORE_LIFE=\(asked) is not a life, such as 7:3,12,40-50")
            }
            return [course]
        }
        let asked = environment["VALUESTORE_LIVES"]
        let isCampaign = isCampaign || asked != nil
        guard let count = asked.map({ UInt64($0) }) ?? (isCampaign ? campaignCount : count), count > 0 else {
            preconditionFailure("VALUESTORE_LIVES is not a number of lives")
        }
        return (1...count).map { LifeCourse(seed: $0, count: isCampaign ? 1_000 : stepCount) }
    }
}
