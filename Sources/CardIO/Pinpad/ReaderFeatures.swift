public import ISO7816

/// The features of a reader with the control code of each: the answer to GET_FEATURE_REQUEST (PC/SC specification,
/// part 10, 2.2).
public struct ReaderFeatures: Sendable, Hashable {
    /// A feature and its control code.
    public struct Entry: Sendable, Hashable {
        public let feature: ReaderFeature
        public let control: ControlCode

        public init(_ feature: ReaderFeature, _ control: ControlCode) {
            self.feature = feature
            self.control = control
        }
    }

    /// In the reader's order.
    public let entries: [Entry]

    public init(entries: [Entry]) { self.entries = entries }

    /// Parses `tag ‖ 04 ‖ code (4 bytes, big-endian)` up to the end. A value whose length is not 4 is not a control
    /// code, and is skipped.
    ///
    /// - Parameters:
    ///   - answer: the answer to GET_FEATURE_REQUEST.
    ///   - reader: the reader's name in errors.
    /// - Throws: `CardError`, `.malformedReaderAnswer` where a value exceeds the answer.
    public init(_ answer: [UInt8], reader: String) throws(CardError) {
        entries = try ShortTLV.parse(answer, reader: reader).compactMap { tag, value in
            guard value.count == 4 else { return nil }
            return Entry(
                ReaderFeature(rawValue: tag), ControlCode(rawValue: value.reduce(0) { $0 << 8 | UInt32($1) }))
        }
    }

    /// The control code of a feature; nil where the reader does not have it.
    public subscript(_ feature: ReaderFeature) -> ControlCode? {
        entries.first { $0.feature == feature }?.control
    }
}

/// Data objects with one-byte tag and one-byte length, as in part 10.
enum ShortTLV {
    static func parse(_ bytes: [UInt8], reader: String) throws(CardError) -> [(tag: UInt8, value: ArraySlice<UInt8>)] {
        var objects: [(tag: UInt8, value: ArraySlice<UInt8>)] = []
        var rest = bytes[...]
        while let tag = rest.popFirst() {
            guard let count = rest.popFirst().map(Int.init), count <= rest.count else {
                throw CardError(.malformedReaderAnswer, subject: reader)
            }
            objects.append((tag, rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return objects
    }
}
