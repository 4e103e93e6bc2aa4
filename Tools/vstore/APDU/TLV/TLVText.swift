import CardTrace
import ISO7816

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Data objects for people and for programs, written as they are read: large ones need no memory of their own.
struct TLVText {
    let reader: LenientTLVReader
    let dictionary: APDUDictionary

    init(_ bytes: [UInt8], endsInStatusWord: Bool = false, dictionary: APDUDictionary) {
        reader = LenientTLVReader(bytes, endsInStatusWord: endsInStatusWord)
        self.dictionary = dictionary
    }

    /// The first deviation.
    var firstRemark: LenientTLV.Remark? {
        var first = FirstRemark()
        reader.read(into: &first)
        return first.remark
    }

    private struct FirstRemark: LenientTLVVisitor {
        var remark: LenientTLV.Remark?

        mutating func remark(_ remark: LenientTLV.Remark) { if self.remark == nil { self.remark = remark } }
    }

    /// Writes what was read.
    ///
    /// - Returns: whether all data objects could be read whole.
    func write(asJSON: Bool, to output: OutputPieces) -> Bool {
        asJSON ? writeDocument(to: output) : writeLines(to: output)
    }

    // MARK: For people

    /// One line per data object, nested ones indented by two blanks, with its name; text next to bytes that are text.
    /// Then a line per remark.
    private func writeLines(to output: OutputPieces) -> Bool {
        var objects = TLVLines(reader.bytes, dictionary, to: output)
        reader.read(into: &objects)
        var remarks = RemarkLines(output: output)
        if objects.remarks > 0 { reader.read(into: &remarks) }
        return !objects.hasFault
    }

    private struct RemarkLines: LenientTLVVisitor {
        let output: OutputPieces
        let isPainted = Paint.shows(on: STDOUT_FILENO)

        mutating func remark(_ remark: LenientTLV.Remark) {
            output.write((remark.isFault ? Paint.red : .faint).on("\(remark)", isShown: isPainted))
            output.endLine()
        }
    }

    // MARK: For programs

    /// The data objects, and the remarks with their offsets from 0.
    private func writeDocument(to output: OutputPieces) -> Bool {
        var objects = TLVDocument(reader.bytes, dictionary, to: output)
        output.write("{\"objects\":[")
        reader.read(into: &objects)
        output.write("]")
        if let status = reader.statusWord { output.write(",\"status\":\"\(status)\"") }
        if objects.remarks > 0 {
            var remarks = RemarkMembers(output: output)
            output.write(",\"remarks\":[")
            reader.read(into: &remarks)
            output.write("]")
        }
        output.write("}")
        output.endLine()
        return !objects.hasFault
    }

    private struct RemarkMembers: LenientTLVVisitor {
        let output: OutputPieces
        var isFirst = true

        mutating func remark(_ remark: LenientTLV.Remark) {
            if !isFirst { output.write(",") }
            isFirst = false
            let document: JSONValue = [
                "offset": .number(remark.offset), "fault": .truth(remark.isFault), "text": .text("\(remark)"),
            ]
            output.write("\(document)")
        }
    }
}

/// Tags as they are written, with their names: looking a name up takes longer than writing it.
struct TLVNames {
    private let dictionary: APDUDictionary
    private let form: (TLVTag, String?) -> (head: [UInt8], name: [UInt8])
    private var known: [UInt64: (head: [UInt8], name: [UInt8])] = [:]

    /// More are not kept: files of random bytes have any number.
    private static let maxKnown = 4096

    /// - Parameter form: what is written before the value and for the name.
    init(_ dictionary: APDUDictionary, form: @escaping (TLVTag, String?) -> (head: [UInt8], name: [UInt8])) {
        self.dictionary = dictionary
        self.form = form
    }

    subscript(_ tag: TLVTag, within parent: TLVTag?) -> (head: [UInt8], name: [UInt8]) {
        mutating get {
            let key = UInt64(tag.rawValue) << 32 | UInt64(parent?.rawValue ?? 0)
            if let found = known[key] { return found }
            let new = form(tag, dictionary.name(of: tag, within: parent))
            if known.count == Self.maxKnown { known = [:] }
            known[key] = new
            return new
        }
    }
}
