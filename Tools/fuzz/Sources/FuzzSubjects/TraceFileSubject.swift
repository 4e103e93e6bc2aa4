import CardTrace

/// Traces and other programs' logs, in any form: read and skipped the same in pieces as whole, and the same after they
/// are written and read again.
enum TraceFileSubject {
    private static let dictionary = Result { () throws(DictionaryError) in try APDUDictionary() }

    /// pcapng, exported PDUs and GSMTAP: any bytes, or, if the low half of the first says so, a file with valid
    /// lengths.
    static func pcapng(_ bytes: [UInt8]) throws(BrokenProperty) {
        guard let choice = bytes.first, choice & 0x0F != 0 else { return try check(bytes, [.pcapng]) }
        var input = InputReader(bytes)
        _ = input.byte()
        try check([choice] + PcapngBuilder(&input).bytes, [.pcapng])
    }

    /// JSON lines.
    static func json(_ bytes: [UInt8]) throws(BrokenProperty) { try check(bytes, [.json]) }

    /// Logs of other programs, and files whose form is recognised.
    static func logs(_ bytes: [UInt8]) throws(BrokenProperty) {
        try check(bytes, [nil, .hex, .opensc, .pcscd, .pyscard, .apdu4j, .spy])
    }

    private static func check(_ bytes: [UInt8], _ forms: [TraceSource?]) throws(BrokenProperty) {
        guard let choice = bytes.first else { return }
        // The low half names the form, the high half how the file is cut.
        let form = forms[Int(choice & 0x0F) % forms.count]
        let file = Array(bytes.dropFirst())
        let whole = Result { () throws(TraceFileError) in try readWhole(file, form, piece: max(file.count, 1)) }
        let cut = Result { () throws(TraceFileError) in try readWhole(file, form, piece: pieces[Int(choice >> 4)]) }
        switch (whole, cut) {
        case (.success((let records, let report)), .success((let same, let sameReport))):
            try hold(records == same, "however the file is cut, the same is read")
            try hold(report == sameReport, "however the file is cut, the same is skipped")
            try hold(report.exchanges + report.cardEvents == records.count, "the report counts the records")
            try rewrite(records, form == .json ? 3 : file.count & 3)
        case (.failure(let error), .failure(let same)):
            try hold(error == same, "however the file is cut, the same is wrong: \(error) \(same)")
        default: throw BrokenProperty(description: "however the file is cut, the same is read: \(whole) \(cut)")
        }
    }

    /// Sizes of the pieces in bytes.
    private static let pieces = [1, 2, 3, 4, 5, 7, 11, 16, 23, 32, 48, 64, 100, 150, 250, 500]

    private static func read(
        _ file: [UInt8], _ form: TraceSource?, piece: Int
    ) throws(TraceFileError) -> [TraceRecord] {
        try readWhole(file, form, piece: piece).records
    }

    private static func readWhole(
        _ file: [UInt8], _ form: TraceSource?, piece: Int
    ) throws(TraceFileError) -> (records: [TraceRecord], report: TraceReadingReport) {
        var reader = TraceReader(form, file: "fuzz")
        var records: [TraceRecord] = []
        for start in stride(from: 0, to: file.count, by: piece) {
            records += try reader.feed(file[start..<min(start + piece, file.count)])
        }
        records += try reader.finish()
        return (records, reader.report)
    }

    /// What is written can be read, in one form per input. The first writing as JSON may mask what the dictionary knows
    /// to be secret; after that nothing is lost. Packets lose more: an answer without a command, and what GSMTAP
    /// merges.
    private static func rewrite(_ records: [TraceRecord], _ choice: Int) throws(BrokenProperty) {
        let records = Array(records.prefix(8))
        guard !records.isEmpty else { return }
        switch choice {
        case 0: _ = try written(records, .text)
        case 1: _ = try again(records, .pcapng, .pcapng)
        case 2: _ = try again(records, .gsmtap, .pcapng)
        default: try rewriteJSON(records)
        }
    }

    private static func rewriteJSON(_ records: [TraceRecord]) throws(BrokenProperty) {
        let once = try again(records, .json, .json)
        try hold(once.count == records.count, "JSON keeps every record")
        let twice = try again(once, .json, .json)
        try hold(once == twice, "JSON is the same when it is read and written again: \(once) \(twice)")
    }

    private static func again(
        _ records: [TraceRecord], _ format: TraceFormat, _ source: TraceSource
    ) throws(BrokenProperty) -> [TraceRecord] {
        let file = try written(records, format)
        do throws(TraceFileError) {
            return try read(file, source, piece: 4_096)
        } catch {
            throw BrokenProperty(description: "what is written as \(format) can be read: \(error)")
        }
    }

    private static func written(_ records: [TraceRecord], _ format: TraceFormat) throws(BrokenProperty) -> [UInt8] {
        guard case .success(let dictionary) = dictionary else {
            throw BrokenProperty(description: "the dictionary that is built in can be read")
        }
        var writer = TraceWriter(format, dictionary)
        return records.reduce(writer.start()) { $0 + writer.write($1) }
    }
}
