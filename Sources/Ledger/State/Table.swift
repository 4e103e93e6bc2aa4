/// Values by key, over which changes can be tried without copying them.
package struct Table<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    package var base: [Key: Value] = [:]
    // What was tried on top of the base; empty in a table that is not an overlay.
    private var tried: [Key: Value] = [:]
    private var isOverlay = false

    package init() {}

    /// A table with the same values, whose changes do not touch this one.
    var overlay: Table {
        var overlay = self
        overlay.isOverlay = true
        return overlay
    }

    /// An overlay does not remove values, so nil is only for a base.
    package subscript(key: Key) -> Value? {
        get {
            if isOverlay, let value = tried[key] { return value }
            return base[key]
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
                if tried[key] == nil { tried[key] = base[key] ?? initial() }
                yield &tried[key, default: initial()]
            } else {
                yield &base[key, default: initial()]
            }
        }
    }
}

extension Table: Equatable where Value: Equatable {}
