public import ValueProtocol

/// An element's image and the memory that stores it: every change is one atomic commit.
public final class Element {
    /// The stored state. The count of wrong signatures is ahead of the memory until the next commit.
    public private(set) var image: ElementImage
    /// Whether a write failed, so that the memory's content is unknown: nothing more is changed until it is loaded
    /// again.
    public var isLost: Bool { loss != nil }
    /// Why it failed.
    private var loss: MemoryError?
    public let suite: CipherSuite
    private let memory: any NonVolatileMemory
    private var storedWrongSignatures: UInt16
    private var oldForms: ElementRecords.OldForms

    /// Decodes the image from `records`, just loaded from `memory`.
    ///
    /// - Throws: `MemoryError` `.corrupt`.
    init(_ records: [RecordName: [UInt8]], in memory: any NonVolatileMemory, _ suite: CipherSuite) throws(MemoryError) {
        guard let image = ElementRecords.image(from: records) else { throw MemoryError(.corrupt, "element") }
        self.image = image
        storedWrongSignatures = image.wrongSignatures
        oldForms = ElementRecords.oldForms(in: records)
        self.memory = memory
        self.suite = suite
    }

    /// Changes the image and commits the changes, together with the owner's `records`.
    ///
    /// - Throws: `MemoryError`. With `.writeFailed` nothing is changed; after any other the element is lost, see
    ///   `isLost`.
    public func update(
        also records: [RecordChange] = [], _ change: (inout ElementImage) -> Void
    ) throws(MemoryError) {
        var next = image
        change(&next)
        try commit(next, also: records)
    }

    func commit(_ next: consuming ElementImage, also records: [RecordChange] = []) throws(MemoryError) {
        var formsLeft = oldForms
        var changes = ElementRecords.changes(
            from: image, to: next, storedWrongSignatures: storedWrongSignatures, oldForms: &formsLeft)
        changes += records
        if !changes.isEmpty { try write(changes) }
        oldForms = formsLeft
        storedWrongSignatures = next.wrongSignatures
        image = next
    }

    /// A write after one with unknown outcome would mix two states: the image here knows only one of them.
    private func write(_ changes: [RecordChange]) throws(MemoryError) {
        if let loss { throw MemoryError(.powerLost, "\(image.eid)", cause: loss) }
        do {
            try memory.commit(changes)
        } catch {
            if error != MemoryError(.writeFailed, "") { loss = error }
            throw error
        }
    }

    /// A master-key card's own keys, which are derived from its master keys and not stored.
    func adopt(derived keys: [StoredKey]) { image.keys = keys }

    func countWrongSignature() {
        if image.wrongSignatures < .max { image.wrongSignatures += 1 }
    }
}
