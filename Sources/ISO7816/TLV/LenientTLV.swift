/// Data objects read from bytes that may have faults, for showing them: what can be read is, and each deviation is a
/// remark with its position.
///
/// Accepted, with a remark: length fields longer than necessary, which ISO/IEC 7816-4, 5.2.2.2 allows and DER does not;
/// bytes 00 and FF between data objects; tag numbers with leading zeros; a status word after the last data object. A
/// value longer than the bytes that follow ends with them. Where no tag and length can be read, the rest of the
/// template is unread. Strict reading is ``TLV/parse(_:nestingLimit:)``.
public struct LenientTLV: Sendable, Hashable {
    /// A data object, or bytes that are none.
    public enum Node: Sendable, Hashable {
        /// A data object.
        case object(Object)
        /// The bytes from a fault to the end of their template.
        case unread(Range<Int>)
    }

    /// A data object.
    public struct Object: Sendable, Hashable {
        public let tag: TLVTag
        /// The offsets of tag and length.
        public let header: Range<Int>
        /// The offsets of the value that is present.
        public let value: Range<Int>
        /// What a constructed data object contains; nil for a primitive one.
        public let children: [Node]?
    }

    /// What was read, in order.
    public let nodes: [Node]
    /// The status word after the last data object.
    public let statusWord: StatusWord?
    /// The deviations, in the order of their positions.
    public let remarks: [Remark]

    /// Whether any data object could not be read whole.
    public var hasFault: Bool { remarks.contains(where: \.isFault) }

    /// Reads `bytes`. All offsets are relative to the first of them.
    ///
    /// - Parameters:
    ///   - bytes: any bytes.
    ///   - endsInStatusWord: whether two last bytes that look like a status word are taken for one.
    ///   - nestingLimit: maximum number of levels; what is nested deeper is unread.
    public init(
        _ bytes: some Collection<UInt8>, endsInStatusWord: Bool = false,
        nestingLimit: Int = TLVCursor.defaultNestingLimit
    ) {
        var reader = Reader(bytes: Array(bytes))
        var end = reader.bytes.count
        var statusWord: StatusWord?
        if endsInStatusWord, let found = reader.statusWord() {
            statusWord = found
            end -= 2
        }
        nodes = reader.nodes(in: 0..<end, levelsLeft: nestingLimit - 1)
        if let statusWord { reader.remarks.append(Remark(.statusWord(statusWord), offset: end)) }
        self.statusWord = statusWord
        remarks = reader.remarks
    }
}

extension LenientTLV {
    /// A deviation from the encoding of ISO/IEC 7816-4, 5.2.2, or from DER.
    public struct Remark: Sendable, Hashable, CustomStringConvertible {
        public enum Kind: Sendable, Hashable {
            /// Bytes 00 or FF that belong to no data object.
            case padding(UInt8, count: Int)
            /// A length field longer than necessary.
            case overlongLength
            /// A tag number with leading zeros.
            case overlongTag
            /// A value longer than the bytes that follow.
            case truncatedValue(length: Int, available: Int)
            /// A status word after the last data object.
            case statusWord(StatusWord)
            /// No data object can be read here.
            case unreadable(TLVError.Code)
        }

        public let kind: Kind
        /// Its offset, from 0.
        public let offset: Int

        init(_ kind: Kind, offset: Int) {
            self.kind = kind
            self.offset = offset
        }

        /// The same in bytes before which there are `count` others.
        package func moved(by count: Int) -> Remark { Remark(kind, offset: offset + count) }

        /// Whether bytes are missing or unread.
        public var isFault: Bool {
            switch kind {
            case .truncatedValue, .unreadable: true
            case .padding, .overlongLength, .overlongTag, .statusWord: false
            }
        }

        /// The position, counted from 1, and what is there: `byte 2: 1B where 1A bytes follow`.
        public var description: String {
            let words =
                switch kind {
                case .padding(let byte, let count):
                    "padding \(byte == 0 ? "00" : "FF")" + (count == 1 ? "" : ", \(count) bytes")
                case .overlongLength: "\(TLVError.Code.overlongLength)"
                case .overlongTag: "\(TLVError.Code.overlongTag)"
                case .truncatedValue(let length, let available):
                    "\(Self.digits(length)) where \(Self.digits(available)) bytes follow"
                case .statusWord(let status): "status word \(status)"
                case .unreadable(let code): "\(code)"
                }
            return "byte \(offset + 1): \(words)"
        }

        private static func digits(_ number: Int) -> String {
            let digits = String(number, radix: 16, uppercase: true)
            return digits.count % 2 == 0 ? digits : "0" + digits
        }
    }
}

/// Reads the nodes of one level after the other.
private struct Reader {
    let bytes: [UInt8]
    var remarks: [LenientTLV.Remark] = []

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// The last two bytes where they look like a status word (ISO/IEC 7816-4, 5.6).
    func statusWord() -> StatusWord? {
        guard bytes.count >= 2 else { return nil }
        let status = StatusWord(bytes[bytes.count - 2], bytes[bytes.count - 1])
        guard status.rawValue == 0x9000 || (0x61...0x6F).contains(status.sw1) else { return nil }
        // Alone, 61 to 6F may as well begin a template.
        guard bytes.count > 2 || status.rawValue == 0x9000 else { return nil }
        guard !LenientTLV(bytes.dropLast(2)).hasFault else { return nil }
        // 6D00 to 6F00 are empty data objects as well; 9000 would be one that nobody has.
        return status.rawValue == 0x9000 || LenientTLV(bytes).hasFault ? status : nil
    }

    mutating func nodes(in range: Range<Int>, levelsLeft: Int) -> [LenientTLV.Node] {
        var nodes: [LenientTLV.Node] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let padding = paddingCount(in: index..<range.upperBound)
            guard padding == 0 else {
                remarks.append(LenientTLV.Remark(.padding(bytes[index], count: padding), offset: index))
                index += padding
                continue
            }
            do throws(TLVError) {
                let object = try object(in: index..<range.upperBound, levelsLeft: levelsLeft)
                nodes.append(.object(object))
                index = object.value.upperBound
            } catch {
                remarks.append(LenientTLV.Remark(.unreadable(error.code), offset: error.offset))
                nodes.append(.unread(index..<range.upperBound))
                return nodes
            }
        }
        return nodes
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

    private mutating func object(
        in range: Range<Int>, levelsLeft: Int
    ) throws(TLVError) -> LenientTLV.Object {
        let start = range.lowerBound
        let tag = try tag(in: range)
        let lengthStart = start + tag.byteCount
        let (length, valueStart) = try length(at: lengthStart, end: range.upperBound)
        if tag.isConstructed, levelsLeft <= 0 { throw TLVError(.nestedTooDeep, offset: start) }
        if tag.byteCount > 1, bytes[start + 1] == 0x80 {
            remarks.append(LenientTLV.Remark(.overlongTag, offset: start))
        }
        if TLVLength.byteCount(of: length) != valueStart - lengthStart {
            remarks.append(LenientTLV.Remark(.overlongLength, offset: lengthStart))
        }
        let available = range.upperBound - valueStart
        if length > available {
            remarks.append(
                LenientTLV.Remark(.truncatedValue(length: length, available: available), offset: lengthStart))
        }
        let value = valueStart..<(valueStart + min(length, available))
        return LenientTLV.Object(
            tag: tag, header: start..<valueStart, value: value,
            children: tag.isConstructed ? nodes(in: value, levelsLeft: levelsLeft - 1) : nil)
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
