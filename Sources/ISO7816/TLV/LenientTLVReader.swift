/// What takes data objects as they are read, in their order, so that large ones need no tree.
package protocol LenientTLVVisitor {
    /// A data object; what a constructed one contains follows, then ``end()``.
    mutating func begin(_ tag: TLVTag, header: Range<Int>, value: Range<Int>)
    /// The end of a constructed data object.
    mutating func end()
    /// Bytes that are no data object, to the end of their template.
    mutating func unread(_ range: Range<Int>)
    /// A deviation.
    mutating func remark(_ remark: LenientTLV.Remark)
}

extension LenientTLVVisitor {
    package mutating func begin(_ tag: TLVTag, header: Range<Int>, value: Range<Int>) {}
    package mutating func end() {}
    package mutating func unread(_ range: Range<Int>) {}
    package mutating func remark(_ remark: LenientTLV.Remark) {}
}

/// Reads data objects one after another as ``LenientTLV`` describes it, without an allocation.
package struct LenientTLVReader: Sendable {
    package let bytes: [UInt8]
    /// The status word after the last data object.
    package let statusWord: StatusWord?
    private let nestingLimit: Int

    package init(
        _ bytes: [UInt8], endsInStatusWord: Bool = false, nestingLimit: Int = TLVCursor.defaultNestingLimit
    ) {
        self.bytes = bytes
        self.nestingLimit = nestingLimit
        statusWord = endsInStatusWord ? Self.statusWord(behind: bytes) : nil
    }

    /// Reads all of the bytes. Reading again gives the same.
    package func read(into visitor: inout some LenientTLVVisitor) {
        let end = bytes.count - (statusWord == nil ? 0 : 2)
        readNodes(in: 0..<end, levelsLeft: nestingLimit - 1, &visitor)
        if let statusWord { visitor.remark(LenientTLV.Remark(.statusWord(statusWord), offset: end)) }
    }

    /// The last two bytes where they look like a status word (ISO/IEC 7816-4, 5.6).
    private static func statusWord(behind bytes: [UInt8]) -> StatusWord? {
        guard bytes.count >= 2 else { return nil }
        let status = StatusWord(bytes[bytes.count - 2], bytes[bytes.count - 1])
        guard status.rawValue == 0x9000 || (0x61...0x6F).contains(status.sw1) else { return nil }
        // Alone, 61 to 6F may as well begin a template.
        guard bytes.count > 2 || status.rawValue == 0x9000 else { return nil }
        let reader = LenientTLVReader(bytes)
        let (without, with) = (reader.hasFault(in: 0..<bytes.count - 2), reader.hasFault(in: 0..<bytes.count))
        // 6D00 to 6F00 are empty data objects as well. 9000 would be one that nobody has, and is more likely a status word
        // also where the data objects have a fault either way.
        return (status.rawValue == 0x9000 ? !without || with : !without && with) ? status : nil
    }

    private struct Fault: LenientTLVVisitor {
        var isFound = false

        mutating func remark(_ remark: LenientTLV.Remark) { if remark.isFault { isFound = true } }
    }

    private func hasFault(in range: Range<Int>) -> Bool {
        var fault = Fault()
        readNodes(in: range, levelsLeft: nestingLimit - 1, &fault)
        return fault.isFound
    }

    private func readNodes(in range: Range<Int>, levelsLeft: Int, _ visitor: inout some LenientTLVVisitor) {
        var index = range.lowerBound
        while index < range.upperBound {
            let padding = paddingCount(in: index..<range.upperBound)
            guard padding == 0 else {
                visitor.remark(LenientTLV.Remark(.padding(bytes[index], count: padding), offset: index))
                index += padding
                continue
            }
            do throws(TLVError) {
                index = try readObject(in: index..<range.upperBound, levelsLeft: levelsLeft, &visitor)
            } catch {
                visitor.remark(LenientTLV.Remark(.unreadable(error.code), offset: error.offset))
                visitor.unread(index..<range.upperBound)
                return
            }
        }
    }

    /// How many bytes 00, or FF, begin the range and no data object.
    ///
    /// FF can begin a tag (FF40 of GlobalPlatform's access rules), although ISO/IEC 7816-4 does not use it: alone, with
    /// one further tag byte and a value that fits, it does.
    private func paddingCount(in range: Range<Int>) -> Int {
        let first = bytes[range.lowerBound]
        guard first == 0x00 || first == 0xFF else { return 0 }
        let count = bytes[range].prefix { $0 == first }.count
        guard first == 0xFF, count == 1, range.count >= 3, bytes[range.lowerBound + 1] < 0x80 else { return count }
        let length = Int(bytes[range.lowerBound + 2])
        return length < 0x80 && length > range.count - 3 ? 1 : 0
    }

    /// The offset after the data object that begins the range.
    private func readObject(
        in range: Range<Int>, levelsLeft: Int, _ visitor: inout some LenientTLVVisitor
    ) throws(TLVError) -> Int {
        let start = range.lowerBound
        let tag = try tag(in: range)
        let lengthStart = start + tag.byteCount
        let (length, valueStart) = try length(at: lengthStart, end: range.upperBound)
        if tag.isConstructed, levelsLeft <= 0 { throw TLVError(.nestedTooDeep, offset: start) }
        if tag.byteCount > 1, bytes[start + 1] == 0x80 {
            visitor.remark(LenientTLV.Remark(.overlongTag, offset: start))
        }
        if TLVLength.byteCount(of: length) != valueStart - lengthStart {
            visitor.remark(LenientTLV.Remark(.overlongLength, offset: lengthStart))
        }
        let available = range.upperBound - valueStart
        if length > available {
            visitor.remark(
                LenientTLV.Remark(.truncatedValue(length: length, available: available), offset: lengthStart))
        }
        let value = valueStart..<(valueStart + min(length, available))
        visitor.begin(tag, header: start..<valueStart, value: value)
        if tag.isConstructed {
            readNodes(in: value, levelsLeft: levelsLeft - 1, &visitor)
            visitor.end()
        }
        return value.upperBound
    }

    private func tag(in range: Range<Int>) throws(TLVError) -> TLVTag {
        let start = range.lowerBound
        var value = UInt32(bytes[start])
        guard value & 0x1F == 0x1F else { return TLVTag(known: value) }
        var index = start + 1
        while true {
            guard index < range.upperBound else { throw TLVError(.truncatedTag, offset: start) }
            guard index - start < 4 else { throw TLVError(.tagTooLong, offset: start) }
            value = value << 8 | UInt32(bytes[index])
            if bytes[index] & 0x80 == 0 { return TLVTag(known: value) }
            index += 1
        }
    }

    /// The length, and the offset after its field.
    private func length(at start: Int, end: Int) throws(TLVError) -> (Int, Int) {
        guard start < end else { throw TLVError(.truncatedLength, offset: start) }
        let first = Int(bytes[start])
        guard first >= 0x80 else { return (first, start + 1) }
        let further = first & 0x7F
        guard further != 0 else { throw TLVError(.indefiniteLength, offset: start) }
        guard further <= 4 else { throw TLVError(.lengthTooLong, offset: start) }
        guard end - start > further else { throw TLVError(.truncatedLength, offset: start) }
        let length = bytes[start + 1...start + further].reduce(0) { $0 << 8 | Int($1) }
        return (length, start + 1 + further)
    }
}
