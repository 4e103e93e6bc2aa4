/// Memory that survives a power cut: named records, several of which are changed atomically.
///
/// Every implementation must keep two promises, which `MemoryConformance` of ValueElementTesting checks: a commit that
/// returned survives any power cut, and one that did not return is present whole or not at all.
public protocol NonVolatileMemory: AnyObject {
    /// All records as of the last complete commit.
    ///
    /// - Throws: `MemoryError`.
    func load() throws(MemoryError) -> [RecordName: [UInt8]]

    /// Writes all of `changes`, or none of them.
    ///
    /// - Throws: `MemoryError`; with code `.writeFailed` nothing was changed.
    func commit(_ changes: [RecordChange]) throws(MemoryError)
}

/// The name of a record: 16 bits, assigned by the memory's owner.
public struct RecordName: RawRepresentable, Sendable, Hashable, Comparable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    public init(_ value: UInt16) { self.rawValue = value }

    public static func < (a: RecordName, b: RecordName) -> Bool { a.rawValue < b.rawValue }
}

/// The new content of a record.
public struct RecordChange: Sendable, Hashable {
    public let name: RecordName
    /// Nil removes the record.
    public let content: [UInt8]?

    public init(_ name: RecordName, _ content: [UInt8]?) {
        self.name = name
        self.content = content
    }
}
