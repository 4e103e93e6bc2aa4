/// A BER-TLV data object that owns its content: the convenient form, for code off the hot path.
///
/// A parsed tree shares one array: primitive values are slices of it. ``TLVCursor`` works without allocations.
public struct TLV: Sendable, Hashable, CustomStringConvertible {
    /// What a data object holds.
    public enum Content: Sendable, Hashable {
        /// The bytes of a primitive data object.
        case primitive(ArraySlice<UInt8>)
        /// The data objects of a constructed one.
        case constructed([TLV])
    }

    /// The tag.
    public let tag: TLVTag
    /// The value.
    public let content: Content

    /// A primitive data object.
    ///
    /// - Precondition: `tag` is primitive.
    public init(_ tag: TLVTag, _ value: some Collection<UInt8>) {
        precondition(!tag.isConstructed, "tag \(tag) is constructed: give it data objects")
        self.tag = tag
        self.content = .primitive(ArraySlice(value))
    }

    /// A constructed data object.
    ///
    /// - Precondition: `tag` is constructed.
    public init(_ tag: TLVTag, children: [TLV]) {
        precondition(tag.isConstructed, "tag \(tag) is primitive: give it bytes")
        self.tag = tag
        self.content = .constructed(children)
    }

    init(tag: TLVTag, content: Content) {
        self.tag = tag
        self.content = content
    }

    /// The bytes of a primitive data object, empty for a constructed one.
    public var value: ArraySlice<UInt8> {
        switch content {
        case .primitive(let value): value
        case .constructed: []
        }
    }

    /// The data objects of a constructed data object, empty for a primitive one.
    public var children: [TLV] {
        switch content {
        case .primitive: []
        case .constructed(let children): children
        }
    }

    /// The first data object with `tag` directly within, or nil.
    public subscript(tag: TLVTag) -> TLV? { children.first { $0.tag == tag } }

    /// The length of the value, in bytes.
    public var valueCount: Int {
        switch content {
        case .primitive(let value): value.count
        case .constructed(let children): children.reduce(0) { $0 + $1.encodedCount }
        }
    }

    /// The length of the encoded data object, in bytes.
    public var encodedCount: Int { tag.encodedCount(valueCount: valueCount) }

    /// Tag, value in hexadecimal, and nested data objects in braces.
    public var description: String {
        switch content {
        case .primitive(let value):
            "\(tag) "
                + value.map { byte in
                    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
                }.joined()
        case .constructed(let children):
            "\(tag) { \(children.map(\.description).joined(separator: ", ")) }"
        }
    }
}
