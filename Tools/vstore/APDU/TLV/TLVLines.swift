import CardTrace
import ISO7816

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Writes a line per data object.
struct TLVLines: LenientTLVVisitor {
    private let bytes: [UInt8]
    private let output: OutputPieces
    private var names: TLVNames
    private let unreadMark: String
    /// The tags of the data objects that are open.
    private var parents: [TLVTag] = []
    private(set) var (remarks, hasFault): (Int, Bool) = (0, false)

    init(_ bytes: [UInt8], _ dictionary: APDUDictionary, to output: OutputPieces) {
        self.bytes = bytes
        self.output = output
        let isPainted = Paint.shows(on: STDOUT_FILENO)
        unreadMark = Paint.red.on("?", isShown: isPainted) + "  "
        names = TLVNames(dictionary) { tag, name in
            (
                Array(Paint.bold.on("\(tag)", isShown: isPainted).utf8),
                name.map { Array("  \(Paint.faint.on($0, isShown: isPainted))".utf8) } ?? []
            )
        }
    }

    mutating func begin(_ tag: TLVTag, header: Range<Int>, value: Range<Int>) {
        let (head, name) = names[tag, within: parents.last]
        output.write(blanks: 2 * parents.count)
        output.write(head)
        if tag.isConstructed {
            parents.append(tag)
        } else if !value.isEmpty {
            output.write("  ")
            show(value)
        }
        output.write(name)
        output.endLine()
    }

    mutating func end() { parents.removeLast() }

    mutating func unread(_ range: Range<Int>) {
        output.write(blanks: 2 * parents.count)
        output.write(unreadMark)
        show(range)
        output.endLine()
    }

    mutating func remark(_ remark: LenientTLV.Remark) {
        remarks += 1
        if remark.isFault { hasFault = true }
    }

    /// Digits, and three or more bytes that are printable as text too.
    private func show(_ range: Range<Int>) {
        output.write(hexadecimal: bytes[range], separator: 0x20)
        guard range.count >= 3, bytes[range].allSatisfy({ (0x20..<0x7F).contains($0) }) else { return }
        output.write("  \"")
        output.write(bytes[range])
        output.write("\"")
    }
}

/// Writes data objects as a list of JSON.
struct TLVDocument: LenientTLVVisitor {
    private let bytes: [UInt8]
    private let output: OutputPieces
    private var names: TLVNames
    private var parents: [TLVTag] = []
    /// Whether nothing has been written yet of the list that is open.
    private var isFirst = true
    private(set) var (remarks, hasFault): (Int, Bool) = (0, false)

    init(_ bytes: [UInt8], _ dictionary: APDUDictionary, to output: OutputPieces) {
        self.bytes = bytes
        self.output = output
        names = TLVNames(dictionary) { tag, name in
            (Array("{\"tag\":\"\(tag)\"".utf8), name.map { Array(",\"name\":\(JSONValue.text($0))".utf8) } ?? [])
        }
    }

    mutating func begin(_ tag: TLVTag, header: Range<Int>, value: Range<Int>) {
        let (head, name) = names[tag, within: parents.last]
        separate()
        output.write(head)
        output.write(name)
        if tag.isConstructed {
            output.write(",\"objects\":[")
            parents.append(tag)
            isFirst = true
        } else {
            output.write(",\"value\":\"")
            output.write(hexadecimal: bytes[value])
            output.write("\"}")
        }
    }

    mutating func end() {
        output.write("]}")
        parents.removeLast()
        isFirst = false
    }

    mutating func unread(_ range: Range<Int>) {
        separate()
        output.write("{\"unread\":\"")
        output.write(hexadecimal: bytes[range])
        output.write("\"}")
    }

    mutating func remark(_ remark: LenientTLV.Remark) {
        remarks += 1
        if remark.isFault { hasFault = true }
    }

    private mutating func separate() {
        if !isFirst { output.write(",") }
        isFirst = false
    }
}
