/// Where something is in a JSON text (RFC 8259), which `JSONDecoder` does not tell.
struct JSONScanner {
    /// A name in an object, or an index in an array.
    enum Step: Sendable, Hashable {
        case name(String)
        case index(Int)
    }

    /// The text is not JSON.
    struct Fault: Error {}

    let bytes: [UInt8]
    var index = 0
    /// The begin of the innermost value on the path that was found so far.
    private var found: Int?

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A byte order mark is passed over, as the decoder does.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    /// Line and column, counted from 1, of the first byte that JSON does not allow; nil where it is JSON. Columns are
    /// counted in characters.
    static func fault(in bytes: [UInt8]) -> String? {
        var scanner = JSONScanner(bytes)
        do throws(Fault) {
            try scanner.text([])
            return nil
        } catch {
            return place(of: scanner.index, in: bytes)
        }
    }

    /// Line and column of the value at `path`, or where there is none, of the innermost one around it; nil where the
    /// text is not JSON before it.
    static func place(of path: [Step], in bytes: [UInt8]) -> String? {
        var scanner = JSONScanner(bytes)
        // What comes behind the value does not matter.
        do throws(Fault) { try scanner.text(path) } catch {}
        return scanner.found.map { place(of: $0, in: bytes) }
    }

    private static func place(of offset: Int, in bytes: [UInt8]) -> String {
        let before = bytes[..<min(offset, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        // The continuing bytes of a character in UTF-8 are no column.
        let column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
        return "line \(line), column \(column)"
    }

    // MARK: Values

    /// As the decoder of Foundation.
    private static let nestingLimit = 512

    private mutating func text(_ path: [Step]) throws(Fault) {
        try value(path[...], levelsLeft: Self.nestingLimit)
        guard next() == nil else { throw Fault() }
    }

    /// - Parameter path: from this value on; nil where it is beside it.
    private mutating func value(_ path: ArraySlice<Step>?, levelsLeft: Int) throws(Fault) {
        let first = next()
        if path != nil { found = index }
        switch first {
        case UInt8(ascii: "{"): try object(path, levelsLeft: levelsLeft - 1)
        case UInt8(ascii: "["): try array(path, levelsLeft: levelsLeft - 1)
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try number()
        }
    }

    private mutating func object(_ path: ArraySlice<Step>?, levelsLeft: Int) throws(Fault) {
        guard levelsLeft > 0 else { throw Fault() }
        index += 1
        if isEmpty(until: UInt8(ascii: "}")) { return }
        while true {
            guard next() == UInt8(ascii: "\"") else { throw Fault() }
            let name = try string()
            guard next() == UInt8(ascii: ":") else { throw Fault() }
            index += 1
            try value(path?.first == .name(name) ? path?.dropFirst() : nil, levelsLeft: levelsLeft)
            if try ends(with: UInt8(ascii: "}")) { return }
        }
    }

    private mutating func array(_ path: ArraySlice<Step>?, levelsLeft: Int) throws(Fault) {
        guard levelsLeft > 0 else { throw Fault() }
        index += 1
        if isEmpty(until: UInt8(ascii: "]")) { return }
        var count = 0
        while true {
            try value(path?.first == .index(count) ? path?.dropFirst() : nil, levelsLeft: levelsLeft)
            if try ends(with: UInt8(ascii: "]")) { return }
            count += 1
        }
    }

    private mutating func isEmpty(until end: UInt8) -> Bool {
        guard next() == end else { return false }
        index += 1
        return true
    }

    /// Whether an object or array ends here, or goes on behind a comma.
    private mutating func ends(with end: UInt8) throws(Fault) -> Bool {
        let byte = next()
        guard byte == end || byte == UInt8(ascii: ",") else { throw Fault() }
        index += 1
        if byte == end { return true }
        // Foundation takes a comma before the end.
        guard next() == end else { return false }
        index += 1
        return true
    }
}
