/// The contents of a log in flash, and where it continues.
struct FlashLog {
    private(set) var records: [RecordName: [UInt8]] = [:]
    /// The number of the page in which the commit of each record begins.
    private var homes: [RecordName: UInt32] = [:]
    /// Of the newest page; the log may have freed more pages at its tail than recorded there.
    var head = FlashForm.Header(number: 0, tail: 0, endBefore: 0)
    /// Of the last whole commit.
    var serial: UInt32 = 0
    /// End offset of the newest page's chunks.
    var end = 0
    /// Whether a torn write follows ``end``, so that the newest page cannot be continued.
    var isTorn = false

    /// An empty log.
    init() {}

    mutating func apply(_ changes: [RecordChange], home: UInt32) {
        for change in changes {
            records[change.name] = change.content
            homes[change.name] = change.content.map { _ in home }
        }
    }

    /// The records that must be moved before a page is freed.
    func names(from page: UInt32) -> [RecordName] { homes.filter { $0.value == page }.keys.sorted() }

    /// Finds the last whole commit.
    init(_ flash: any FlashDevice) throws(MemoryError) {
        let count = flash.geometry.pages
        var headers: [UInt32: FlashForm.Header] = [:]
        for page in 0..<count {
            guard let header = FlashForm.Header(try flash.read(page: page)), Int(header.number) % count == page else {
                continue
            }
            headers[header.number] = header
        }
        guard let newest = headers.values.max(by: { $0.number < $1.number }) else {
            throw MemoryError(.notMemory, flash.name)
        }
        head = newest
        guard newest.tail <= newest.number, Int(newest.number - newest.tail) <= count - 2 else {
            throw MemoryError(.corrupt, flash.name)
        }
        var reader = Reader(subject: flash.name)
        for number in newest.tail...newest.number {
            guard headers[number] != nil else { throw MemoryError(.corrupt, flash.name) }
            let page = try flash.read(page: Int(number) % count)
            // The page must end where the next page says it does: bytes missing before that are damage, not a torn
            // write.
            let known = number < newest.number ? headers[number + 1].map { Int($0.endBefore) } : nil
            end = try reader.read(page, number, until: known, into: &self)
            if known == nil, !page.dropFirst(end).allSatisfy({ $0 == 0xFF }) { isTorn = true }
        }
        serial = reader.serial ?? 0
    }

    /// Reads chunk after chunk, across pages.
    private struct Reader {
        let subject: String
        var serial: UInt32?
        private var begun: (serial: UInt32, home: UInt32, body: [UInt8])?

        init(subject: String) { self.subject = subject }

        /// - Returns: the end offset of the page's chunks.
        mutating func read(
            _ page: ArraySlice<UInt8>, _ number: UInt32, until known: Int?, into log: inout FlashLog
        ) throws(MemoryError) -> Int {
            var offset = FlashForm.headerCount
            while offset != known, let chunk = FlashForm.chunk(in: page, at: offset) {
                try apply(chunk, number, into: &log)
                offset += FlashForm.span(chunk.content.count)
            }
            guard known == nil || offset == known else { throw MemoryError(.corrupt, subject) }
            return offset
        }

        private mutating func apply(
            _ chunk: FlashForm.Chunk, _ number: UInt32, into log: inout FlashLog
        ) throws(MemoryError) {
            switch chunk.kind {
            case .whole, .first:
                // A commit with a beginning but no end was interrupted, and its serial is reused.
                if let serial, chunk.serial != serial + 1 { throw MemoryError(.corrupt, subject) }
                begun = (chunk.serial, number, Array(chunk.content))
            case .within, .last:
                // At the log's tail the beginning may already have been freed.
                guard begun != nil else {
                    if serial != nil { throw MemoryError(.corrupt, subject) }
                    return
                }
                guard begun?.serial == chunk.serial else { throw MemoryError(.corrupt, subject) }
                begun?.body += chunk.content
            }
            guard chunk.kind == .whole || chunk.kind == .last, let whole = begun else { return }
            guard let changes = FlashForm.changes(whole.body[...]) else { throw MemoryError(.corrupt, subject) }
            log.apply(changes, home: whole.home)
            serial = whole.serial
            begun = nil
        }
    }
}
