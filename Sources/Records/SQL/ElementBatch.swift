import ValueProtocol

/// Some elements, as a statement asks for them.
struct ElementBatch {
    static let sizes = [64, 16, 4, 1]

    let eids: [PartyID]
    /// Shard and identifier of each.
    let arguments: [SQLValue]

    init(_ eids: [PartyID]) {
        self.eids = eids
        arguments = eids.flatMap { [Shard(of: $0).sqlValue, $0.sqlValue] }
    }

    /// Passes elements in batches of few different sizes, so that few statements are prepared; in the order of their rows,
    /// so that two processes do not wait for each other.
    static func forEach(_ eids: [PartyID], _ body: (ElementBatch) throws -> Void) rethrows {
        var rest = Set(eids).sorted { (Shard(of: $0), $0) < (Shard(of: $1), $1) }[...]
        for size in sizes {
            while rest.count >= size {
                try body(ElementBatch(Array(rest.prefix(size))))
                rest.removeFirst(size)
            }
        }
    }
}
