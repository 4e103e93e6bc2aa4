public import ISO7816

/// What a reader reports about itself: attributes (PC/SC part 3, 3.1.4) and features (PC/SC part 10, 2.2).
public struct ReaderDescription: Sendable {
    /// An attribute that the reader has.
    public struct Attribute: Sendable, Hashable {
        /// `vendor`, `model`, `version`, `serial number`, `friendly name` or `longest command`.
        public let name: String
        /// As text.
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The reader's name.
    public let reader: String
    /// The attributes that the reader has.
    public let attributes: [Attribute]
    /// nil where the reader does not report them.
    public let features: [ReaderFeatures.Entry]?
    /// nil where the reader does not report them.
    public let properties: PinpadProperties?

    public init(
        reader: String, attributes: [Attribute], features: [ReaderFeatures.Entry]?, properties: PinpadProperties?
    ) {
        self.reader = reader
        self.attributes = attributes
        self.features = features
        self.properties = properties
    }
}

extension PCSCService {
    /// Queries a reader, with or without a card.
    ///
    /// - Throws: `CardError` where the reader or the service is gone, or the deadline has passed.
    public func describe(
        _ reader: String, deadline: ContinuousClock.Instant
    ) async throws(CardError) -> ReaderDescription {
        let connection = try await connect(to: .name(reader), mode: .direct, deadline: deadline)
        var attributes: [ReaderDescription.Attribute] = []
        for (name, attribute, show) in ReaderDescription.wanted {
            if let value = try await answer({ () async throws(CardError) in
                try await connection.attribute(attribute, deadline: deadline)
            }) {
                attributes.append(.init(name: name, value: show(value)))
            }
        }
        let features = try await answer { () async throws(CardError) in
            try await connection.features(deadline: deadline)
        }
        let known = features ?? ReaderFeatures(entries: [])
        let properties = try await answer { () async throws(CardError) in
            try await connection.pinpadProperties(known, deadline: deadline)
        }
        try await connection.disconnect(.leave, deadline: deadline)
        return ReaderDescription(
            reader: reader, attributes: attributes, features: features?.entries, properties: properties ?? nil)
    }

    /// The reader's answer; nil where the reader does not support the query.
    private func answer<Value>(
        _ question: () async throws(CardError) -> Value
    ) async throws(CardError) -> Value? {
        do {
            return try await question()
        } catch {
            if [.readerUnavailable, .noService, .deadlineExceeded, .cancelled].contains(error.code) { throw error }
            return nil
        }
    }
}

extension ReaderDescription {
    fileprivate typealias Wanted = (
        name: String, attribute: ReaderAttribute, show: @Sendable ([UInt8]) -> String
    )

    fileprivate static let wanted: [Wanted] = [
        ("vendor", .vendorName, text), ("model", .model, text), ("version", .version, version),
        ("serial number", .serialNumber, text), ("friendly name", .friendlyName, text),
        ("longest command", .maxInput, number),
    ]

    /// ASCII up to a zero; otherwise hexadecimal.
    @Sendable private static func text(_ bytes: [UInt8]) -> String {
        let body = Array(bytes.prefix { $0 != 0 })
        return body.allSatisfy({ (0x20...0x7E).contains($0) })
            ? String(decoding: body, as: UTF8.self) : bytes.hexadecimal(separator: " ")
    }

    /// Major, minor and build from a 32-bit number.
    @Sendable private static func version(_ bytes: [UInt8]) -> String {
        guard bytes.count == 4 else { return bytes.hexadecimal(separator: " ") }
        return "\(bytes[3]).\(bytes[2]).\(Int(bytes[1]) << 8 | Int(bytes[0]))"
    }

    @Sendable private static func number(_ bytes: [UInt8]) -> String {
        guard (1...4).contains(bytes.count) else { return bytes.hexadecimal(separator: " ") }
        return "\(bytes.reversed().reduce(0) { $0 << 8 | Int($1) }) bytes"
    }
}
