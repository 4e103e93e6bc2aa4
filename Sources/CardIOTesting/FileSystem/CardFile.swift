/// The PINs that protect a file, by number; nil for no PIN.
public struct FileAccess: Sendable, Hashable {
    /// The PIN for reading and searching.
    public var read: UInt8?
    /// The PIN for all operations that change the file.
    public var write: UInt8?

    public init(read: UInt8? = nil, write: UInt8? = nil) {
        self.read = read
        self.write = write
    }

    /// Unrestricted access.
    public static let open = FileAccess()
}

/// An EF of a ``FileSystemCard``.
public struct ElementaryFile: Sendable, Hashable {
    /// Its structure and content.
    public enum Content: Sendable, Hashable {
        /// A string of bytes.
        case transparent([UInt8])
        /// Records of `length` bytes.
        case linearFixed(length: Int, [[UInt8]])
        /// Records of at most `length` bytes.
        case linearVariable(length: Int, [[UInt8]])
        /// Records of `length` bytes in a ring of `count`; the first of the list is record 1, the one written last.
        case cyclic(length: Int, count: Int, [[UInt8]])
    }

    /// The file identifier.
    public let identifier: UInt16
    /// The short EF identifier, 1 to 30, if any.
    public let shortIdentifier: UInt8?
    public let access: FileAccess
    /// The current content.
    public internal(set) var content: Content

    public init(
        _ identifier: UInt16, short: UInt8? = nil, access: FileAccess = .open, _ content: Content
    ) {
        self.identifier = identifier
        self.shortIdentifier = short
        self.access = access
        self.content = content
    }

    /// The records, or nil for a transparent EF.
    public var records: [[UInt8]]? {
        switch content {
        case .transparent: nil
        case .linearFixed(_, let records), .linearVariable(_, let records), .cyclic(_, _, let records): records
        }
    }

    /// The file descriptor (82): shareable, structure, length and number of records.
    var descriptor: [UInt8] {
        func records(_ kind: UInt8, _ length: Int, _ count: Int) -> [UInt8] {
            [kind, 0x21, UInt8(length >> 8), UInt8(truncatingIfNeeded: length), UInt8(truncatingIfNeeded: count)]
        }
        return switch content {
        case .transparent: [0x41, 0x21]
        case .linearFixed(let length, let list): records(0x42, length, list.count)
        case .linearVariable(let length, let list): records(0x44, length, list.count)
        case .cyclic(let length, let count, _): records(0x46, length, count)
        }
    }

    /// How many bytes of data it holds.
    var dataCount: Int {
        if case .transparent(let bytes) = content { return bytes.count }
        return (records ?? []).reduce(0) { $0 + $1.count }
    }
}

/// A DF of a ``FileSystemCard``, or its MF.
public struct Directory: Sendable, Hashable {
    /// The file identifier; 3F00 for the MF.
    public let identifier: UInt16
    /// The DF name, usually an AID, if any.
    public let name: [UInt8]?
    public internal(set) var files: [ElementaryFile]
    public internal(set) var directories: [Directory]
    /// Data objects for GET DATA and PUT DATA: value by tag.
    public internal(set) var objects: [UInt16: [UInt8]]

    public init(
        _ identifier: UInt16, name: [UInt8]? = nil, files: [ElementaryFile] = [], directories: [Directory] = [],
        objects: [UInt16: [UInt8]] = [:]
    ) {
        self.identifier = identifier
        self.name = name
        self.files = files
        self.directories = directories
        self.objects = objects
    }

    /// The DF at `path`, a list of positions.
    subscript(path: ArraySlice<Int>) -> Directory {
        get { path.first.map { directories[$0][path.dropFirst()] } ?? self }
        set {
            if let first = path.first { directories[first][path.dropFirst()] = newValue } else { self = newValue }
        }
    }
}

/// A PIN of a ``FileSystemCard``.
public struct CardPIN: Sendable, Hashable {
    /// The block that VERIFY must present.
    public internal(set) var block: [UInt8]
    /// The code that RESET RETRY COUNTER must present; nil where the PIN cannot be reset.
    public let resettingCode: [UInt8]?
    /// The retry limit.
    public let tries: Int
    public internal(set) var triesLeft: Int
    public internal(set) var isEnabled = true

    public init(block: [UInt8], resettingCode: [UInt8]? = nil, tries: Int = 3) {
        self.block = block
        self.resettingCode = resettingCode
        self.tries = tries
        self.triesLeft = tries
    }
}
