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
        let reader = LenientTLVReader(Array(bytes), endsInStatusWord: endsInStatusWord, nestingLimit: nestingLimit)
        var tree = Tree()
        reader.read(into: &tree)
        nodes = tree.levels[0]
        statusWord = reader.statusWord
        remarks = tree.remarks
    }
}

extension LenientTLV {
    /// Puts together what a reader finds.
    private struct Tree: LenientTLVVisitor {
        /// The nodes so far of each level that is open.
        var levels: [[Node]] = [[]]
        var remarks: [Remark] = []
        private var open: [(tag: TLVTag, header: Range<Int>, value: Range<Int>)] = []

        mutating func begin(_ tag: TLVTag, header: Range<Int>, value: Range<Int>) {
            guard tag.isConstructed else {
                let object = Object(tag: tag, header: header, value: value, children: nil)
                return levels[levels.count - 1].append(.object(object))
            }
            open.append((tag, header, value))
            levels.append([])
        }

        mutating func end() {
            let (tag, header, value) = open.removeLast()
            let children = levels.removeLast()
            let object = Object(tag: tag, header: header, value: value, children: children)
            levels[levels.count - 1].append(.object(object))
        }

        mutating func unread(_ range: Range<Int>) { levels[levels.count - 1].append(.unread(range)) }

        mutating func remark(_ remark: Remark) { remarks.append(remark) }
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
            /// Bytes that a field of fixed length does not have.
            case missing(Int)
            /// A length that does not fit, or is hidden.
            case unfitLength
            /// A value that is not one of those which may be here.
            case unexpectedValue
        }

        public let kind: Kind
        /// Its offset, from 0.
        public let offset: Int

        package init(_ kind: Kind, offset: Int) {
            self.kind = kind
            self.offset = offset
        }

        /// The same in bytes before which there are `count` others.
        package func moved(by count: Int) -> Remark { Remark(kind, offset: offset + count) }

        /// Whether bytes are missing or unread.
        public var isFault: Bool {
            switch kind {
            case .truncatedValue, .unreadable, .missing, .unfitLength, .unexpectedValue: true
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
                case .missing(let count): count == 1 ? "1 byte is missing" : "\(count) bytes are missing"
                case .unfitLength: "the length does not fit"
                case .unexpectedValue: "no value that may be here"
                }
            return "byte \(offset + 1): \(words)"
        }

        private static func digits(_ number: Int) -> String {
            let digits = String(number, radix: 16, uppercase: true)
            return digits.count % 2 == 0 ? digits : "0" + digits
        }
    }
}
