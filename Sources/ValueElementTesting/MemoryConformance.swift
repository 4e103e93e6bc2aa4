public import ValueElement

/// What every `NonVolatileMemory` must guarantee; for custom implementations.
///
/// Give it a way to make a memory over storage with a failure switch, and a way to open the same storage again, as
/// after a power cut.
public struct MemoryConformance {
    /// A memory under test.
    public struct Subject {
        /// Makes an empty memory, whose physical writes ask `failure`.
        public let make: (_ failure: FailureSwitch) throws -> any NonVolatileMemory
        /// Powers up the memory made last: opened again over the same storage.
        public let reopen: (_ failure: FailureSwitch) throws -> any NonVolatileMemory

        public init(
            make: @escaping (FailureSwitch) throws -> any NonVolatileMemory,
            reopen: @escaping (FailureSwitch) throws -> any NonVolatileMemory
        ) {
            self.make = make
            self.reopen = reopen
        }
    }

    /// A broken promise, in words.
    public struct Violation: Error, CustomStringConvertible {
        public let description: String
    }

    private let subject: Subject

    public init(_ subject: Subject) { self.subject = subject }

    /// Checks all the promises.
    ///
    /// - Parameter seed: of the pseudo-random commits.
    /// - Throws: `Violation`, or an unexpected error of the memory.
    public func check(seed: UInt64 = 1) throws {
        try whatIsCommittedIsKept(seed)
        for portion in FailureSwitch.Portion.allCases { try everyCutLeavesAllOrNothing(seed, portion) }
    }

    private func whatIsCommittedIsKept(_ seed: UInt64) throws {
        let failure = FailureSwitch()
        var memory: (any NonVolatileMemory)? = try subject.make(failure)
        var expected: [RecordName: [UInt8]] = [:]
        var commits = Commits(seed)
        for round in 0..<60 {
            let changes = commits.next()
            try memory?.commit(changes)
            apply(changes, to: &expected)
            if round % 7 == 0 {
                // The memory must be released before its storage is opened again: it may hold a lock.
                memory = nil
                memory = try subject.reopen(failure)
            }
            try require(try memory?.load() == expected, "commit \(round) is not there as it was given")
        }
    }

    private func everyCutLeavesAllOrNothing(_ seed: UInt64, _ portion: FailureSwitch.Portion) throws {
        var cut = 1
        while true {
            let failure = FailureSwitch()
            var memory: (any NonVolatileMemory)? = try subject.make(failure)
            failure.cutPower(atWrite: cut, keeping: portion)
            var before: [RecordName: [UInt8]] = [:]
            var commits = Commits(seed)
            var changes: [RecordChange] = []
            var isCut = false
            for _ in 0..<12 where !isCut {
                changes = commits.next()
                do {
                    try memory?.commit(changes)
                    apply(changes, to: &before)
                } catch {
                    try require(error.code == .powerLost, "a power cut is reported as \(error.code)")
                    isCut = true
                }
            }
            guard isCut else { return }
            do {
                try memory?.commit(changes)
                throw Violation(description: "a memory without power takes a commit")
            } catch let error as MemoryError {
                try require(error.code == .powerLost, "a memory without power fails with \(error.code)")
            }
            failure.restorePower()
            memory = nil
            memory = try subject.reopen(failure)
            var after = before
            apply(changes, to: &after)
            let found = try memory?.load()
            try require(found == before || found == after, "a commit that power cut at write \(cut) is there in part")
            try memory?.commit(commits.next())
            cut += 1
        }
    }

    private func require(_ condition: Bool, _ description: String) throws {
        guard condition else { throw Violation(description: description) }
    }

    private func apply(_ changes: [RecordChange], to records: inout [RecordName: [UInt8]]) {
        for change in changes { records[change.name] = change.content }
    }
}

/// A repeatable sequence of commits: records created, changed, emptied, grown and removed.
private struct Commits {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    /// SplitMix64.
    private mutating func random() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    mutating func next() -> [RecordChange] {
        var names = Set<UInt16>()
        for _ in 0...(random() % 3) { names.insert(UInt16(random() % 5)) }
        return names.sorted().map { name in
            guard random() % 6 > 0 else { return RecordChange(RecordName(name), nil) }
            let count = Int(random() % 300)
            return RecordChange(RecordName(name), (0..<count).map { _ in UInt8(truncatingIfNeeded: random()) })
        }
    }
}
