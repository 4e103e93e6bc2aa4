/// Records in RAM: for simulation at full speed, and for tests that cut power. They live as long as the object.
public final class VolatileMemory: NonVolatileMemory {
    private var records: [RecordName: [UInt8]]
    private let failure: FailureSwitch?

    public init(_ records: [RecordName: [UInt8]] = [:], failure: FailureSwitch? = nil) {
        self.records = records
        self.failure = failure
    }

    public func load() throws(MemoryError) -> [RecordName: [UInt8]] {
        if let failure, failure.isOff { throw MemoryError(.powerLost, "memory") }
        return records
    }

    public func commit(_ changes: [RecordChange]) throws(MemoryError) {
        guard let failure else {
            apply(changes)
            return
        }
        guard let permit = failure.permit(changes.count) else { throw MemoryError(.powerLost, "memory") }
        if permit.count == changes.count { apply(changes) }
        if permit.last { throw MemoryError(.powerLost, "memory") }
    }

    private func apply(_ changes: [RecordChange]) {
        for change in changes { records[change.name] = change.content }
    }
}
