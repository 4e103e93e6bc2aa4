import ISO7816

/// BER-TLV: tree, cursor and a third parser written from the standard alone agree, and what is parsed is written again.
enum TLVSubject {
    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        // Slices that do not start at index 0 are parsed the same.
        let slice = ([0x5A, 0x00] + bytes)[2...]
        let nestingLimit = bytes.last.map { Int($0 & 0x0F) + 1 } ?? 1
        let tree = Result { () throws(TLVError) in try TLV.parse(bytes, nestingLimit: nestingLimit) }
        let ofSlice = Result { () throws(TLVError) in try TLV.parse(slice, nestingLimit: nestingLimit) }
        try hold(same(tree, ofSlice), "a slice is read as the whole is")
        let count = Result { () throws(TLVError) in
            var cursor = TLVCursor(bytes.span, nestingLimit: nestingLimit)
            return try cursor.validate()
        }
        try hold(same(tree.map { $0.reduce(0) { $0 + number($1) } }, count), "cursor and tree count alike")
        let reference = PlainTLV.read(bytes[...], levels: nestingLimit)
        switch (tree, reference) {
        case (.success(let objects), let plain?): try compare(objects, plain)
        case (.failure, nil): break
        case (.success, nil): throw BrokenProperty(description: "what the standard refuses is refused")
        case (.failure(let error), _?): throw BrokenProperty(description: "refused without reason: \(error)")
        }
        if case .success(let objects) = tree { try rewrite(objects, of: bytes, nestingLimit: nestingLimit) }
        try checkTag(bytes)
    }

    private static func same<Value: Equatable>(_ a: Result<Value, TLVError>, _ b: Result<Value, TLVError>) -> Bool {
        switch (a, b) {
        case (.success(let a), .success(let b)): a == b
        case (.failure(let a), .failure(let b)): a == b && a.offset == b.offset
        default: false
        }
    }

    private static func number(_ object: TLV) -> Int { object.children.reduce(1) { $0 + number($1) } }

    private static func compare(_ objects: [TLV], _ plain: [PlainTLV]) throws(BrokenProperty) {
        try hold(objects.count == plain.count, "as many data objects as the standard finds")
        for (object, plain) in zip(objects, plain) {
            try hold(object.tag.description == plain.tag, "the tag that the standard finds")
            try hold(object.value.elementsEqual(plain.value), "the value that the standard finds")
            try compare(object.children, plain.children)
        }
    }

    private static func rewrite(_ objects: [TLV], of bytes: [UInt8], nestingLimit: Int) throws(BrokenProperty) {
        let again = objects.flatMap(\.bytes)
        try hold(again.count == objects.reduce(0) { $0 + $1.encodedCount }, "the length told is the length written")
        // Only padding can be lost in writing, since longer forms of tag and length than necessary are refused.
        try hold(again.count < bytes.count || again == bytes, "nothing but padding is lost")
        let read = Result { () throws(TLVError) in try TLV.parse(again, nestingLimit: nestingLimit) }
        try hold(same(read, .success(objects)), "what is written is read again")
        let single = Result { () throws(TLVError) in try TLV(bytes, nestingLimit: nestingLimit) }
        if case .success(let only) = single {
            try hold(objects == [only], "one data object is the only one")
        } else {
            try hold(objects.count != 1, "one data object is taken as one")
        }
        var isRefused = false
        let written = [UInt8](capacity: again.count) { room in
            do throws(TLVError) { try write(objects, to: &room) } catch { isRefused = true }
        }
        try hold(!isRefused && written == again, "writing into room that is just enough gives the same bytes")
    }

    @_lifetime(room: copy room)
    private static func write(_ objects: [TLV], to room: inout OutputSpan<UInt8>) throws(TLVError) {
        for object in objects {
            switch object.content {
            case .primitive(let value): try room.appendTLV(object.tag, value: Array(value).span)
            case .constructed(let children):
                try room.appendTLV(object.tag) { (room: inout OutputSpan<UInt8>) throws(TLVError) in
                    try write(children, to: &room)
                }
            }
        }
    }

    /// The first four bytes as a number: a valid tag if they parse as one with an empty value.
    private static func checkTag(_ bytes: [UInt8]) throws(BrokenProperty) {
        let number = bytes.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        let digits = Array(bytes.prefix(4).drop { $0 == 0 })
        let read = PlainTLV.read((digits + [0])[...], levels: 1_000)
        let isTag = read?.count == 1 && digits.count == read?.first.map { $0.tag.count / 2 }
        try hold(TLVTag.isValid(number) == isTag, "a tag is valid where it can be read")
        guard let tag = TLVTag(rawValue: number) else { return }
        try hold(tag.byteCount == digits.count, "a tag has its bytes")
        try hold(tag.isConstructed == (digits[0] & 0x20 != 0), "the form is in the first byte")
        try hold(tag.tagClass.rawValue == digits[0] >> 6, "the class is in the first byte")
        let expected =
            digits.count == 1
            ? UInt32(digits[0] & 0x1F) : digits.dropFirst().reduce(0) { $0 << 7 | UInt32($1 & 0x7F) }
        try hold(tag.number == expected, "the number is in the further bytes")
    }
}

/// A data object as ISO/IEC 7816-4, 5.2.2 describes it, parsed in the simplest way.
private struct PlainTLV {
    var tag: String
    var value: [UInt8] = []
    var children: [PlainTLV] = []

    /// Nil where the bytes are not data objects.
    static func read(_ bytes: ArraySlice<UInt8>, levels: Int) -> [PlainTLV]? {
        var rest = bytes
        var objects: [PlainTLV] = []
        while let first = rest.popFirst() {
            if first == 0 { continue }
            var tag = [first]
            if first & 0x1F == 0x1F {
                repeat {
                    guard let next = rest.popFirst(), tag.count < 4 else { return nil }
                    tag.append(next)
                } while tag[tag.count - 1] & 0x80 != 0
                if tag[1] == 0x80 { return nil }
            }
            guard let length = rest.popFirst() else { return nil }
            var count = Int(length)
            if length >= 0x80 {
                let further = Int(length & 0x7F)
                guard (1...4).contains(further), rest.count >= further else { return nil }
                count = rest.prefix(further).reduce(0) { $0 << 8 | Int($1) }
                rest = rest.dropFirst(further)
                guard count >= 0x80, further == 1 || count >> (8 * (further - 1)) > 0 else { return nil }
            }
            guard count <= rest.count else { return nil }
            let digits = tag.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
            var object = PlainTLV(tag: digits)
            if first & 0x20 == 0 {
                object.value = Array(rest.prefix(count))
            } else {
                guard levels > 1, let children = read(rest.prefix(count), levels: levels - 1) else { return nil }
                object.children = children
            }
            rest = rest.dropFirst(count)
            objects.append(object)
        }
        return objects
    }
}
