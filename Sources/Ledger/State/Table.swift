/// Values by key, over which changes can be tried without copying them.
package struct Table<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// All values; of a table with a source, those that were changed.
    package var base: [Key: Value] = [:]
    // What was tried on top of the base; empty in a table that is not an overlay.
    @usableFromInline var tried: [Key: Value] = [:]
    @usableFromInline var isOverlay = false
    @usableFromInline let source: TableSource<Key, Value>?

    package init() { source = nil }

    /// A table whose values are elsewhere until they are asked for.
    package init(_ source: TableSource<Key, Value>) { self.source = source }

    /// A table with the same values, whose changes do not touch this one.
    var overlay: Table {
        var overlay = self
        overlay.isOverlay = true
        return overlay
    }

    /// What was tried on this overlay, without the values beneath.
    var changes: Table {
        var changes = self
        changes.base = [:]
        return changes
    }

    /// Keeps the `changes` of an overlay of this table.
    mutating func keep(_ changes: Table) { base.merge(changes.tried) { $1 } }

    /// An overlay does not remove values, so nil is only for a base.
    @inlinable package subscript(key: Key) -> Value? {
        get {
            if isOverlay, let value = tried[key] { return value }
            return base[key] ?? source?[key]
        }
        set {
            if isOverlay { tried[key] = newValue } else { base[key] = newValue }
        }
    }

    /// Changes a value in place, beginning with `initial` if there is none.
    subscript(key: Key, initially initial: @autoclosure () -> Value) -> Value {
        get { self[key] ?? initial() }
        _modify {
            if isOverlay {
                if tried[key] == nil { tried[key] = base[key] ?? source?[key] ?? initial() }
                yield &tried[key, default: initial()]
            } else {
                yield &base[key, default: source?[key] ?? initial()]
            }
        }
    }
}

/// Where the values of a table are, such as in the rows of a store; each is asked for once.
///
/// It belongs to one transaction of the store, and is used on its thread alone.
package final class TableSource<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    @usableFromInline nonisolated(unsafe) var known: [Key: Value?] = [:]
    @usableFromInline nonisolated(unsafe) let find: (Key) -> Value?

    /// - Parameter find: returns the value of a key; nil if there is none. It may `learn` others on the way.
    @inlinable package init(_ find: @escaping (Key) -> Value?) { unsafe self.find = find }

    /// Notes a value, or that there is none, before it is asked for.
    @inlinable package func learn(_ value: Value?, of key: Key) { unsafe known[key] = .some(value) }

    @inlinable subscript(key: Key) -> Value? {
        if let value = unsafe known[key] { return value }
        let value = unsafe find(key)
        // Finding it may have noted it, and others, too.
        unsafe known[key] = .some(value)
        return value
    }
}

extension Table: Equatable where Value: Equatable {
    package static func == (a: Table, b: Table) -> Bool {
        a.base == b.base && a.tried == b.tried && a.isOverlay == b.isOverlay
    }
}
