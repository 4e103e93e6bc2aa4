import CardIO
import ISO7816

/// What a reader says of itself: attributes and features.
struct ReaderFacts: Sendable {
    let reader: String
    /// Those that the reader has, with their values in words.
    let attributes: [(name: String, value: String)]
    /// Nil where the reader does not tell.
    let features: [ReaderFeatures.Entry]?
    let properties: PinpadProperties?

    /// Asks the reader itself, whether a card is in or not.
    static func read(_ reader: String, deadline: ContinuousClock.Instant) async throws -> ReaderFacts {
        let connection = try await PCSCService().connect(to: .name(reader), mode: .direct, deadline: deadline)
        var attributes: [(name: String, value: String)] = []
        for (name, attribute, show) in wanted {
            if let value = try await asked({ () async throws(CardError) in
                try await connection.attribute(attribute, deadline: deadline)
            }) {
                attributes.append((name, show(value)))
            }
        }
        let features = try await asked { () async throws(CardError) in try await connection.features(deadline: deadline)
        }
        let known = features ?? ReaderFeatures(entries: [])
        let properties = try await asked { () async throws(CardError) in
            try await connection.pinpadProperties(known, deadline: deadline)
        }
        try await connection.disconnect(.leave, deadline: deadline)
        return ReaderFacts(
            reader: reader, attributes: attributes, features: features?.entries, properties: properties ?? nil)
    }

    /// What the reader answers; nil where it cannot.
    private static func asked<Value>(_ question: () async throws(CardError) -> Value) async throws -> Value? {
        do throws(CardError) {
            return try await question()
        } catch {
            if [.readerUnavailable, .noService, .deadlineExceeded, .cancelled].contains(error.code) { throw error }
            return nil
        }
    }

    private typealias Wanted = (name: String, attribute: ReaderAttribute, show: @Sendable ([UInt8]) -> String)

    private static let wanted: [Wanted] = [
        ("vendor", .vendorName, text), ("model", .model, text), ("version", .version, version),
        ("serial number", .serialNumber, text), ("friendly name", .friendlyName, text),
        ("longest command", .greatestInput, number),
    ]

    /// ASCII up to a zero, or digits where it is none.
    @Sendable private static func text(_ bytes: [UInt8]) -> String {
        let body = Array(bytes.prefix { $0 != 0 })
        return body.allSatisfy({ (0x20...0x7E).contains($0) })
            ? String(decoding: body, as: UTF8.self) : bytes.hexadecimal(separator: " ")
    }

    /// Major, minor and build in a number of 32 bits.
    @Sendable private static func version(_ bytes: [UInt8]) -> String {
        guard bytes.count == 4 else { return bytes.hexadecimal(separator: " ") }
        return "\(bytes[3]).\(bytes[2]).\(Int(bytes[1]) << 8 | Int(bytes[0]))"
    }

    @Sendable private static func number(_ bytes: [UInt8]) -> String {
        guard (1...4).contains(bytes.count) else { return bytes.hexadecimal(separator: " ") }
        return "\(bytes.reversed().reduce(0) { $0 << 8 | Int($1) }) bytes"
    }

    var lines: [String] {
        var lines = ["Reader: \(reader)"]
        for (name, value) in attributes { lines.append("  \(name): \(value)") }
        if attributes.isEmpty { lines.append("  no attributes") }
        if let features, !features.isEmpty {
            lines.append("Features: " + features.map { $0.feature.name }.joined(separator: ", "))
        } else {
            lines.append("Features: none told")
        }
        for (name, value) in properties?.described ?? [] { lines.append("  \(name): \(value)") }
        return lines
    }

    var members: [(name: String, value: JSONValue)] {
        [
            ("reader", .text(reader)),
            ("attributes", .object(attributes.map { ($0.name, .text($0.value)) })),
            (
                "features",
                .list(
                    (features ?? []).map {
                        [
                            "tag": .number(Int($0.feature.rawValue)), "name": .text($0.feature.name),
                            "controlCode": .number(Int($0.control.rawValue)),
                        ]
                    })
            ),
            ("properties", .object((properties?.described ?? []).map { ($0.name, .text($0.value)) })),
        ]
    }
}
