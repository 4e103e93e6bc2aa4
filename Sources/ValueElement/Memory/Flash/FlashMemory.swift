/// Records in a NOR flash: a log that goes round over all pages, so that every page wears alike.
///
/// Commits are appended; where pages run short, what still holds of the oldest page is appended again and the page is let
/// go. The page after the newest is the one to be erased next, and the log never reaches it, so a cut within an erasure
/// takes nothing. See `FlashForm` for what is where.
public final class FlashMemory: NonVolatileMemory {
    /// Where it is kept.
    public let flash: any FlashDevice
    private var log = FlashLog()
    /// After a failure only the flash knows what it holds.
    private var isStale = false

    /// Makes a new memory that holds `records`; where power goes meanwhile, it is empty, or none yet.
    ///
    /// - Throws: `MemoryError` `.exists`, `.writeFailed`, `.powerLost`.
    public static func create(
        on flash: any FlashDevice, _ records: [RecordName: [UInt8]] = [:]
    ) throws(MemoryError) -> FlashMemory {
        for page in 0..<flash.geometry.pages where FlashForm.Header(try flash.read(page: page)) != nil {
            throw MemoryError(.exists, flash.name)
        }
        let memory = FlashMemory(empty: flash)
        try memory.open(FlashForm.Header(number: 1, tail: 1, endBefore: 0))
        // One after the other, for all together may be more than one commit can be.
        for (name, content) in records.sorted(by: { $0.key < $1.key }) {
            try memory.commit([RecordChange(name, content)])
        }
        return memory
    }

    /// Mounts a flash; what a power cut left torn is passed over.
    ///
    /// - Throws: `MemoryError` `.notMemory`, `.corrupt`, `.powerLost`.
    public init(on flash: any FlashDevice) throws(MemoryError) {
        self.flash = flash
        log = try FlashLog(flash)
    }

    private init(empty flash: any FlashDevice) { self.flash = flash }

    public func load() throws(MemoryError) -> [RecordName: [UInt8]] {
        log = try FlashLog(flash)
        isStale = false
        return log.records
    }

    /// - Throws: `MemoryError` `.powerLost`; `.writeFailed` where the flash is full or worn out, or the commit is longer
    ///   than an eighth of the flash.
    public func commit(_ changes: [RecordChange]) throws(MemoryError) {
        guard !changes.isEmpty else { return }
        if isStale { _ = try load() }
        let body = FlashForm.body(changes)
        var next = log.records
        for change in changes { next[change.name] = change.content }
        guard body.count <= flash.geometry.pages / 8 * payload, fits(next) else {
            throw MemoryError(.writeFailed, flash.name)
        }
        do throws(MemoryError) {
            try makeRoom(pages: pages(body.count) + reserve)
            let home = try append(body)
            log.take(changes, home: home)
        } catch {
            isStale = true
            throw error
        }
    }

    // MARK: Room

    /// Content of a page that holds one chunk.
    private var payload: Int { flash.geometry.pageSize - FlashForm.headerCount - FlashForm.chunkHeaderCount }
    /// Pages kept for what is moved: the longest commit, and a page that it begins in.
    private var reserve: Int { flash.geometry.pages / 8 + 1 }
    /// Pages that can be opened yet. One beside the log's stays out of it, to be erased.
    private var openable: Int { flash.geometry.pages - 2 - Int(log.head.number - log.head.tail) }

    /// Pages that are opened for so much content, at most.
    private func pages(_ count: Int) -> Int {
        !log.isTorn && FlashForm.span(count) <= flash.geometry.pageSize - log.end
            ? 0 : (count + payload - 1) / payload + 1
    }

    /// Whether what is to hold leaves room for the longest commit, once it lies close together.
    private func fits(_ records: [RecordName: [UInt8]]) -> Bool {
        let free = flash.geometry.pages - 4 - reserve - flash.geometry.pages / 8 - 1
        // A record that goes over a page's end takes another chunk's header, filled up.
        let usable = flash.geometry.pageSize - FlashForm.headerCount - 32
        return records.values.reduce(0) { $0 + FlashForm.span(6 + $1.count) } <= max(1, free) * usable
    }

    private func makeRoom(pages needed: Int) throws(MemoryError) {
        while openable < needed {
            guard log.head.tail < log.head.number else { throw MemoryError(.writeFailed, flash.name) }
            // A commit each: what is moved stays moved if power goes before the page is done.
            for name in log.names(from: log.head.tail) {
                guard let content = log.records[name] else { continue }
                let change = RecordChange(name, content)
                let home = try append(FlashForm.body([change]))
                log.take([change], home: home)
            }
            log.head.tail += 1
        }
    }

    // MARK: Writing

    /// Appends a commit.
    ///
    /// - Returns: the number of the page in which it begins.
    private func append(_ body: [UInt8]) throws(MemoryError) -> UInt32 {
        let size = flash.geometry.pageSize
        var rest = body[...]
        var home: UInt32?
        repeat {
            if log.isTorn || size - log.end <= FlashForm.chunkHeaderCount {
                guard openable > 0 else { throw MemoryError(.writeFailed, flash.name) }
                try open(
                    FlashForm.Header(
                        number: log.head.number + 1, tail: log.head.tail, endBefore: UInt32(log.end)))
            }
            let part = rest.prefix(size - log.end - FlashForm.chunkHeaderCount)
            rest = rest.dropFirst(part.count)
            let kind: FlashForm.Kind =
                home == nil ? (rest.isEmpty ? .whole : .first) : rest.isEmpty ? .last : .within
            let bytes = FlashForm.chunk(kind, serial: log.serial + 1, part)
            try flash.program(bytes, page: place(log.head.number), at: log.end)
            log.end += bytes.count
            home = home ?? log.head.number
        } while !rest.isEmpty
        log.serial += 1
        return home ?? log.head.number
    }

    private func open(_ header: FlashForm.Header) throws(MemoryError) {
        let page = place(header.number)
        try flash.erase(page: page)
        try flash.program(header.bytes, page: page, at: 0)
        log.head = header
        log.end = FlashForm.headerCount
        log.isTorn = false
    }

    private func place(_ number: UInt32) -> Int { Int(number) % flash.geometry.pages }
}
