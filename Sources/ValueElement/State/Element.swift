public import ValueProtocol

/// An element's image and the memory it is kept in: every change is one commit, all of it or nothing.
public final class Element {
    /// What it keeps. A count of wrong signatures runs ahead of the memory until the next change.
    public private(set) var image: ElementImage
    /// Whether a write failed so that what the memory holds is not known: nothing is changed any more until it is
    /// loaded again.
    public private(set) var isLost = false
    public let suite: CipherSuite
    private let memory: any NonVolatileMemory
    private var storedWrongSignatures: UInt16

    /// Takes the image that `records`, just loaded from `memory`, hold.
    ///
    /// - Throws: `MemoryError` `.corrupt`.
    init(_ records: [RecordName: [UInt8]], in memory: any NonVolatileMemory, _ suite: CipherSuite) throws(MemoryError) {
        guard let image = ElementRecords.image(from: records) else { throw MemoryError(.corrupt, "element") }
        self.image = image
        storedWrongSignatures = image.wrongSignatures
        self.memory = memory
        self.suite = suite
    }

    /// Changes the image and commits what changed, with `records` of its owner's in the same commit.
    ///
    /// - Throws: what `change` throws, then nothing is changed; or `MemoryError`.
    public func update(
        also records: [RecordChange] = [], _ change: (inout ElementImage) -> Void
    ) throws(MemoryError) {
        var next = image
        change(&next)
        try commit(next, also: records)
    }

    func commit(_ next: consuming ElementImage, also records: [RecordChange] = []) throws(MemoryError) {
        var changes = ElementRecords.changes(from: image, to: next, storedWrongSignatures: storedWrongSignatures)
        changes += records
        if !changes.isEmpty { try write(changes) }
        storedWrongSignatures = next.wrongSignatures
        image = next
    }

    /// What is written after a write of unknown outcome would mix two states: the image here knows only one of them.
    private func write(_ changes: [RecordChange]) throws(MemoryError) {
        guard !isLost else { throw MemoryError(.powerLost, "\(image.eid)") }
        do {
            try memory.commit(changes)
        } catch {
            isLost = error != MemoryError(.writeFailed, "")
            throw error
        }
    }

    /// A master-key card's own keys, which follow from its master keys and are not kept.
    func adopt(derived keys: [StoredKey]) { image.keys = keys }

    func countWrongSignature() {
        if image.wrongSignatures < .max { image.wrongSignatures += 1 }
    }
}
