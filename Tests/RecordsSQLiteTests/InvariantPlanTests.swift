import Ledger
import Records
import Testing

@testable import RecordsSQLite

/// An auditor's queries on the records of a million elements.
@Suite struct InvariantPlanTests {
    /// A step of SQLite's plan: a loop over a table, within those before it that have the same parent.
    private struct Step {
        let parent: Int64
        let text: String
        var isLoop: Bool { text.hasPrefix("SCAN") || text.hasPrefix("SEARCH") }
        /// It reads a whole table or index; an intermediate result is what the query itself has made.
        var isScan: Bool { text.hasPrefix("SCAN") }
    }

    private func plan(of query: String, in records: RecordFile) throws -> [Int64: Step] {
        try records.read { database in
            var steps: [Int64: Step] = [:]
            for row in try database.query("EXPLAIN QUERY PLAN \(query)", []) {
                steps[try row.integer("id")] = Step(parent: try row.integer("parent"), text: try row.text("detail"))
            }
            return steps
        }
    }

    /// The writers of a trail are few: their counts may be read as often as one likes, and the facts once for each.
    private func isOfCounts(_ query: String, _ step: Step) -> Bool {
        step.text == "SCAN c" || (query.contains("FROM ledger_count c\nWHERE") && step.text == "SCAN f")
    }

    @Test(arguments: LedgerInvariant.allCases)
    func `no table is read once for each row of another`(invariant: LedgerInvariant) throws {
        let records = try RecordFile.inMemory()
        for query in invariant.queries {
            let steps = try plan(of: query, in: records)
            try #require(!steps.isEmpty)
            for (parent, loops) in Dictionary(grouping: steps.sorted { $0.key < $1.key }, by: \.value.parent) {
                let isRepeated = steps[parent]?.text.hasPrefix("CORRELATED") ?? false
                let inner = loops.map(\.value).filter(\.isLoop).dropFirst(isRepeated ? 0 : 1)
                for step in inner where step.isScan && !isOfCounts(query, step) {
                    Issue.record("\(invariant): \(step.text) in \(query)")
                }
            }
        }
    }
}
