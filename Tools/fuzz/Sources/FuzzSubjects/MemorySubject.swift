import ValueElement

/// Files of non-volatile memory: what was committed is found, wherever the last write was torn; any other file
/// is refused or read without a trap.
enum MemorySubject {
    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        _ = RecordLog.parsed(bytes)
        _ = RecordLog.parsed(RecordLog.header + bytes)
        try tear(bytes)
    }

    /// Commits from the input, the last of them torn.
    private static func tear(_ bytes: [UInt8]) throws(BrokenProperty) {
        var input = InputReader(bytes)
        let tornAt = input.word()
        var file = RecordLog.header
        var (records, before): ([RecordName: [UInt8]], [RecordName: [UInt8]]) = ([:], [:])
        var (serial, lastStart): (UInt32, Int) = (0, file.count)
        while !input.isAtEnd, serial < 8 {
            var changes: [RecordChange] = []
            for _ in 0...(input.byte() & 3) {
                let name = RecordName(UInt16(input.byte()))
                let content = input.byte() & 7 == 0 ? nil : input.read(Int(input.byte() & 0x3F))
                changes.append(RecordChange(name, content))
            }
            before = records
            for change in changes { records[change.name] = change.content }
            serial += 1
            lastStart = file.count
            file += RecordLog.frame(changes, serial: serial)
        }
        guard let whole = RecordLog.parsed(file) else {
            throw BrokenProperty(description: "what was written can be read")
        }
        try hold(whole.records == records && whole.serial == serial && whole.end == file.count, "all commits are there")
        guard serial > 0 else { return }
        let torn = Array(file[..<(lastStart + tornAt % (file.count - lastStart))])
        guard let rest = RecordLog.parsed(torn) else { throw BrokenProperty(description: "a torn write is no damage") }
        try hold(rest.records == before && rest.end == lastStart, "a torn write is undone")
    }
}

extension RecordLog {
    fileprivate static func parsed(_ file: [UInt8]) -> Content? {
        do throws(Fault) { return try parse(file) } catch { return nil }
    }
}
