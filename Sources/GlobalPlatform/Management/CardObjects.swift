import ISO7816

/// A data object as a card sent it: its length field may be wrong.
struct CardObject {
    let tag: UInt32
    /// The value, or what there is of it. Its indices are offsets in the card's answer.
    let value: ArraySlice<UInt8>
    /// The tag's offset in the card's answer.
    let offset: Int
    /// Whether the length field announces more bytes than follow.
    let isTruncated: Bool

    var bytes: [UInt8] { [UInt8](value) }
}

/// Tag and length field of a data object; the length may go beyond the bytes.
struct CardObjectHeader {
    let tag: UInt32
    let valueStart: Int
    let count: Int

    /// Unlike a strict parser, accepts a length in more bytes than it needs: cards write such, and it is unambiguous.
    ///
    /// - Returns: nil where no tag of up to 4 bytes with a definite length of up to 4 bytes starts at `start`.
    init?(in bytes: ArraySlice<UInt8>, at start: Int) {
        var index = start
        func next() -> UInt8? {
            guard bytes.indices.contains(index) else { return nil }
            defer { index += 1 }
            return bytes[index]
        }
        guard let first = next() else { return nil }
        var tag = UInt32(first)
        if first & 0x1F == 0x1F {
            repeat {
                guard index - start < 4, let byte = next() else { return nil }
                tag = tag << 8 | UInt32(byte)
            } while tag & 0x80 != 0
        }
        guard let length = next() else { return nil }
        var count = Int(length)
        if length >= 0x80 {
            guard (0x81...0x84).contains(length) else { return nil }
            count = 0
            for _ in 0..<(length & 0x7F) {
                guard let byte = next() else { return nil }
                count = count << 8 | Int(byte)
            }
        }
        (self.tag, self.valueStart, self.count) = (tag, index, count)
    }
}

/// The data objects of one level, read as far as possible.
struct CardObjects {
    private(set) var objects: [CardObject] = []
    private(set) var faults: [DataFault] = []

    /// Bytes 00 between data objects are skipped, as ISO/IEC 7816-4 allows.
    ///
    /// - Parameter bytes: a slice of the card's answer, so that its indices are offsets.
    init(_ bytes: ArraySlice<UInt8>, _ name: String) {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == 0 {
                index += 1
                continue
            }
            guard let header = CardObjectHeader(in: bytes, at: index) else {
                faults.append(DataFault(.unreadable, name, offset: index))
                return
            }
            let left = bytes.endIndex - header.valueStart
            let end = header.valueStart + min(header.count, left)
            objects.append(
                CardObject(
                    tag: header.tag, value: bytes[header.valueStart..<end], offset: index,
                    isTruncated: header.count > left))
            if header.count > left {
                faults.append(DataFault(.truncated, name, offset: index, "\(header.count) announced, \(left) follow"))
            }
            index = end
        }
    }

    subscript(tag: UInt32) -> CardObject? { objects.first { $0.tag == tag } }

    /// Enters the template `tag` where it comes first; else nothing changes, since some cards leave the template out.
    ///
    /// Where its length field is too short, what follows it belongs to its content.
    mutating func enter(_ tag: UInt32, of bytes: ArraySlice<UInt8>, _ name: String) {
        guard let outer = objects.first, outer.tag == tag else { return }
        var inner = CardObjects(outer.value, name)
        let isTooShort = outer.value.endIndex < bytes.endIndex && !inner.faults.isEmpty
        if isTooShort {
            let all = CardObjects(bytes[outer.value.startIndex...], name)
            if all.faults.isEmpty {
                objects = all.objects
                faults = [DataFault(.wrongLength, name, offset: outer.offset)]
                return
            }
        }
        for further in objects.dropFirst() {
            if further.tag == tag {
                let more = CardObjects(further.value, name)
                inner.objects += more.objects
                inner.faults += more.faults
            } else {
                if !faults.contains(where: { $0.code == .wrongLength }) {
                    faults.append(DataFault(.wrongLength, name, offset: outer.offset))
                }
                inner.objects.append(further)
            }
        }
        objects = inner.objects
        faults += inner.faults
    }
}
