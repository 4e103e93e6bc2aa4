internal import Dispatch
internal import Synchronization

/// Checks entries on other threads while the next ones are read.
final class EntryChecks: Sendable {
    /// Entries that are good, and their leaves in the trees of roots.
    private struct Checked {
        let batch: EntryBatch
        let leaves: [MerkleHash]
    }

    private struct State {
        var freeTools: [EntryTools] = []
        var submitted = 0
        /// How many batches were compared with the roots, in their order.
        var compared = 0
        var checked: [Int: Checked] = [:]
        /// The first entry found so far that is not good.
        var fault: (batch: Int, number: Int64)?
    }

    private struct Comparison {
        var roots: RootVerification
        var failure: HostError?
    }

    private let path: String
    private let makesLeaves: Bool
    private let comparison: Mutex<Comparison>
    private let makeTools: @Sendable () -> EntryTools
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "audit trail", attributes: .concurrent)
    private let group = DispatchGroup()
    /// Batches that may wait, so that reading stays just ahead.
    private let places = DispatchSemaphore(value: 16)

    /// - Parameters:
    ///   - path: the database, for messages.
    ///   - roots: what the entries are compared with; without any, no leaf is computed.
    ///   - makeTools: makes the tools of one thread.
    init(of path: String, roots: RootVerification, makeTools: @escaping @Sendable () -> EntryTools) {
        self.path = path
        makesLeaves = !roots.isEmpty
        comparison = Mutex(Comparison(roots: roots))
        self.makeTools = makeTools
    }

    /// Has a batch checked.
    ///
    /// - Throws: `HostError` `.auditBroken` if an entry before it is not good.
    func submit(_ batch: EntryBatch) throws(HostError) {
        places.wait()
        let (index, isBroken) = state.withLock { state in
            state.submitted += 1
            return (state.submitted, state.fault != nil)
        }
        if isBroken {
            places.signal()
            try finish()
        }
        queue.async(group: group) { [self] in
            check(batch, index)
            places.signal()
        }
    }

    private func check(_ batch: EntryBatch, _ index: Int) {
        let tools = state.withLock { $0.freeTools.popLast() } ?? makeTools()
        var leaves: [MerkleHash] = []
        leaves.reserveCapacity(makesLeaves ? batch.count : 0)
        let fault = (0..<batch.count).first { row in
            guard batch.isGood(row, tools) else { return true }
            if makesLeaves { leaves.append(batch.makeLeaf(row, tools)) }
            return false
        }
        state.withLock { state in
            state.freeTools.append(tools)
            if let fault {
                if state.fault.map({ index < $0.batch }) ?? true { state.fault = (index, batch.number(fault)) }
            } else if makesLeaves {
                state.checked[index] = Checked(batch: batch, leaves: leaves)
            }
        }
        if makesLeaves { compareChecked() }
    }

    /// Compares what is checked with the roots, in the order of the entries, unless another thread does it: what it does not
    /// find then, `finish` does.
    private func compareChecked() {
        _ = comparison.withLockIfAvailable { compareChecked(&$0) }
    }

    private func compareChecked(_ comparison: inout Comparison) {
        while let checked = takeChecked() {
            guard comparison.failure == nil else { continue }
            do throws(HostError) {
                for (row, leaf) in checked.leaves.enumerated() {
                    let entry = try checked.batch.position(row, path)
                    let hash = checked.batch.rows.bytes[entry.hash]
                    try comparison.roots.add(leaf, of: entry.writer, entry.number, hash)
                }
            } catch {
                comparison.failure = error
            }
        }
    }

    private func takeChecked() -> Checked? {
        state.withLock { state in
            guard let next = state.checked.removeValue(forKey: state.compared + 1) else { return nil }
            state.compared += 1
            return next
        }
    }

    func wait() { group.wait() }

    /// Waits until every batch is checked.
    ///
    /// - Returns: the roots, with which the entries were compared.
    /// - Throws: `HostError` `.auditBroken` with the first entry that is not good, or the first root.
    @discardableResult
    func finish() throws(HostError) -> RootVerification {
        group.wait()
        if let fault = state.withLock({ $0.fault }) { throw HostError(.auditBroken, "\(path), entry \(fault.number)") }
        let compared = comparison.withLock { comparison in
            compareChecked(&comparison)
            return comparison
        }
        if let failure = compared.failure { throw failure }
        return compared.roots
    }
}
