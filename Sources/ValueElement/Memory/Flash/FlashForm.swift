internal import DurableFiles
internal import ValueProtocol

/// The format of a log in flash; pure, without I/O.
///
/// A page begins with `"VF" ‖ version u16 ‖ number u32 ‖ first number of the log u32 ‖ end of the page before u32 ‖ CRC
/// of these u32`, padded with FF to 32 bytes; numbers increase by one per page. Chunks follow, each padded with FF to
/// 16 bytes: `kind u8 ‖ 00 ‖ length u16 ‖ serial u32 ‖ CRC of these and of the content u32 ‖ content`. A commit is one
/// chunk, or a first one, any number within and a last one, over consecutive pages, all with its serial; its content is
/// `name u16 ‖ length u32, or FFFFFFFF for removed ‖ content` for each change.
enum FlashForm {
    static let headerCount = 32
    static let chunkHeaderCount = 12
    private static let alignment = 16
    private static let version: UInt16 = 1
    private static let removed = UInt32.max

    /// A page's header.
    struct Header: Equatable {
        /// Of this page.
        var number: UInt32
        /// Of the page at which the log began when this page was opened.
        var tail: UInt32
        /// End offset of the previous page's chunks.
        var endBefore: UInt32

        var bytes: [UInt8] {
            var bytes = Array("VF".utf8)
            bytes.append(bigEndian: version)
            for value in [number, tail, endBefore] { bytes.append(bigEndian: value) }
            bytes.append(bigEndian: CRC32.of(bytes[...]))
            return padded(bytes, to: headerCount)
        }

        init(number: UInt32, tail: UInt32, endBefore: UInt32) {
            self.number = number
            self.tail = tail
            self.endBefore = endBefore
        }

        /// Nil if the page has none, or a torn one.
        init?(_ page: ArraySlice<UInt8>) {
            let start = page.startIndex
            guard page.starts(with: "VF".utf8), page[start + 2] == UInt8(version >> 8),
                page[start + 3] == UInt8(version & 0xFF),
                CRC32.of(page.prefix(16)) == FlashForm.number(page, at: 16)
            else { return nil }
            number = FlashForm.number(page, at: 4)
            tail = FlashForm.number(page, at: 8)
            endBefore = FlashForm.number(page, at: 12)
        }
    }

    enum Kind: UInt8 {
        case whole = 1
        case first = 2
        case within = 3
        case last = 4
    }

    /// A chunk with a valid checksum.
    struct Chunk {
        let kind: Kind
        let serial: UInt32
        let content: ArraySlice<UInt8>
    }

    static func chunk(_ kind: Kind, serial: UInt32, _ content: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = [kind.rawValue, 0]
        bytes.append(bigEndian: UInt16(content.count))
        bytes.append(bigEndian: serial)
        bytes.append(bigEndian: CRC32.of((bytes + content)[...]))
        bytes += content
        return padded(bytes, to: span(content.count))
    }

    /// The bytes occupied by a chunk with so much content.
    static func span(_ content: Int) -> Int {
        (chunkHeaderCount + content + alignment - 1) / alignment * alignment
    }

    /// The chunk at an offset in a page; nil if there is none, or it is torn.
    static func chunk(in page: ArraySlice<UInt8>, at offset: Int) -> Chunk? {
        guard offset + chunkHeaderCount <= page.count else { return nil }
        let start = page.startIndex + offset
        let length = Int(page[start + 2]) << 8 | Int(page[start + 3])
        guard let kind = Kind(rawValue: page[start]), offset + chunkHeaderCount + length <= page.count else {
            return nil
        }
        let content = page[(start + chunkHeaderCount)..<(start + chunkHeaderCount + length)]
        guard CRC32.of((page[start..<(start + 8)] + content)) == number(page, at: offset + 8) else { return nil }
        return Chunk(kind: kind, serial: number(page, at: offset + 4), content: content)
    }

    static func body(_ changes: [RecordChange]) -> [UInt8] {
        var body: [UInt8] = []
        for change in changes {
            body.append(bigEndian: change.name.rawValue)
            body.append(bigEndian: change.content.map { UInt32($0.count) } ?? removed)
            body += change.content ?? []
        }
        return body
    }

    /// The changes of a commit; nil if the bytes are not valid changes.
    static func changes(_ body: ArraySlice<UInt8>) -> [RecordChange]? {
        var changes: [RecordChange] = []
        var rest = body
        while !rest.isEmpty {
            guard rest.count >= 6 else { return nil }
            let name = RecordName(UInt16(number(rest, at: 0) >> 16))
            let length = number(rest, at: 2)
            rest = rest.dropFirst(6)
            guard length != removed else {
                changes.append(RecordChange(name, nil))
                continue
            }
            guard rest.count >= Int(length) else { return nil }
            changes.append(RecordChange(name, Array(rest.prefix(Int(length)))))
            rest = rest.dropFirst(Int(length))
        }
        return changes
    }

    private static func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
        bytes + [UInt8](repeating: 0xFF, count: count - bytes.count)
    }

    private static func number(_ bytes: ArraySlice<UInt8>, at offset: Int) -> UInt32 {
        bytes[(bytes.startIndex + offset)..<(bytes.startIndex + offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
