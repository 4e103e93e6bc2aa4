/// Records in a NOR flash: a circular log over all pages, so that all pages wear evenly.
///
/// Commits are appended. When pages run short, the records still valid in the oldest page are appended again and the
/// page is freed. The page after the newest is the next to be erased, and the log never reaches it, so a power cut
/// during an erasure loses nothing. See `FlashForm` for the layout.
public final class FlashMemory: NonVolatileMemory {
    /// The device that holds it.
    public let flash: any FlashDevice
    private var log = FlashLog()
    /// After a failure only the flash knows its contents.
    private var isStale = false

    /// Makes a new memory that holds `records`. After a power cut meanwhile, it holds some of them or is not a memory
    /// yet.
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
        // One commit per record: together they may exceed the maximum size of a commit.
        for (name, content) in records.sorted(by: { $0.key < $1.key }) {
            try memory.commit([RecordChange(name, content)])
        }
        return memory
    }

    /// Mounts a flash; torn writes are skipped.
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

    /// - Throws: `MemoryError` `.powerLost`; `.writeFailed` if the flash is full or worn out, or the commit is longer
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
            try reclaim(pages: pages(body.count) + reserve)
            let home = try append(body)
            log.apply(changes, home: home)
        } catch {
            isStale = true
            throw error
        }
    }

    // MARK: Capacity

    /// Content capacity of a page that holds one chunk.
    private var payload: Int { flash.geometry.pageSize - FlashForm.headerCount - FlashForm.chunkHeaderCount }
    /// Pages reserved for moving records: the longest commit, and the page in which it begins.
    private var reserve: Int { flash.geometry.pages / 8 + 1 }
    /// Pages that can still be opened. One page outside the log is kept for the next erasure.
    private var openable: Int { flash.geometry.pages - 2 - Int(log.head.number - log.head.tail) }

    /// Max. number of pages opened for so much content.
    private func pages(_ count: Int) -> Int {
        !log.isTorn && FlashForm.span(count) <= flash.geometry.pageSize - log.end
            ? 0 : (count + payload - 1) / payload + 1
    }

    /// Whether the compacted records leave capacity for the longest commit.
    private func fits(_ records: [RecordName: [UInt8]]) -> Bool {
        let free = flash.geometry.pages - 4 - reserve - flash.geometry.pages / 8 - 1
        // A record that crosses a page's end needs another chunk header, padded.
        let usable = flash.geometry.pageSize - FlashForm.headerCount - 32
        return records.values.reduce(0) { $0 + FlashForm.span(6 + $1.count) } <= max(1, free) * usable
    }

    private func reclaim(pages needed: Int) throws(MemoryError) {
        while openable < needed {
            guard log.head.tail < log.head.number else { throw MemoryError(.writeFailed, flash.name) }
            // One commit per record: a moved record stays moved if power is cut before the page is done.
            for name in log.names(from: log.head.tail) {
                guard let content = log.records[name] else { continue }
                let change = RecordChange(name, content)
                let home = try append(FlashForm.body([change]))
                log.apply([change], home: home)
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
            try flash.program(bytes, page: offset(log.head.number), at: log.end)
            log.end += bytes.count
            home = home ?? log.head.number
        } while !rest.isEmpty
        log.serial += 1
        return home ?? log.head.number
    }

    private func open(_ header: FlashForm.Header) throws(MemoryError) {
        let page = offset(header.number)
        try flash.erase(page: page)
        try flash.program(header.bytes, page: page, at: 0)
        log.head = header
        log.end = FlashForm.headerCount
        log.isTorn = false
    }

    private func offset(_ number: UInt32) -> Int { Int(number) % flash.geometry.pages }
}
