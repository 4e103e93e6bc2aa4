public import ISO7816

/// The properties of a reader's keypad and display (PC/SC specification, part 10, 2.5.5 and 2.6.14).
public struct PinpadProperties: Sendable, Hashable {
    /// Values by tag, unparsed.
    public let values: [UInt8: [UInt8]]

    /// Parses the answer to GET_TLV_PROPERTIES: `tag ‖ length ‖ value`, little-endian.
    ///
    /// - Parameters:
    ///   - answer: the reader's answer.
    ///   - reader: the reader's name in errors.
    /// - Throws: `CardError`, `.malformedReaderAnswer` where a value exceeds the answer.
    public init(_ answer: [UInt8], reader: String) throws(CardError) {
        values = Dictionary(
            try ShortTLV.parse(answer, reader: reader).map { ($0.tag, Array($0.value)) }, uniquingKeysWith: { $1 })
    }

    /// Parses the answer to IFD_PIN_PROPERTIES: display (2 bytes), validation conditions, second timeout.
    ///
    /// - Parameters:
    ///   - structure: the reader's answer, 4 bytes.
    ///   - reader: the reader's name in errors.
    /// - Throws: `CardError`, `.malformedReaderAnswer` where it has not 4 bytes.
    public init(structure: [UInt8], reader: String) throws(CardError) {
        guard structure.count == 4 else { throw CardError(.malformedReaderAnswer, subject: reader) }
        values = [1: Array(structure[0..<2]), 2: [structure[2]], 3: [structure[3]]]
    }

    /// The lines and characters per line of the display (wLcdLayout); nil where not reported or without a display.
    public var display: (lines: Int, columns: Int)? {
        number(1).flatMap { $0 == 0 ? nil : ($0 >> 8, $0 & 0xFF) }
    }
    /// What can complete an entry.
    public var validation: PINEntry.Validation? { number(2).map { PINEntry.Validation(rawValue: UInt8($0 & 0xFF)) } }
    /// Whether the timeout after the first key can be set separately.
    public var hasSecondTimeout: Bool? { number(3).map { $0 != 0 } }
    /// Maximum number of characters per line of a message.
    public var maxColumns: Int? { number(4) }
    /// Maximum number of lines of a message.
    public var maxLines: Int? { number(5) }
    /// Minimum PIN length of the reader, in digits.
    public var minPINLength: Int? { number(6) }
    /// Maximum PIN length of the reader, in digits.
    public var maxPINLength: Int? { number(7) }
    /// The firmware's name.
    public var firmware: String? { values[8].map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) } }
    /// How commands reach the reader itself: bit 0 by `control`, bit 1 by `transmit`.
    public var pseudoAPDUs: Int? { number(9) }
    /// Maximum command length in bytes; 0 where the reader does not say.
    public var maxCommandLength: Int? { number(10) }
    /// The USB vendor ID.
    public var usbVendor: Int? { number(11) }
    /// The USB product ID.
    public var usbProduct: Int? { number(12) }

    /// The reported properties, as name and value.
    public var described: [(name: String, value: String)] {
        var described: [(name: String, value: String)] = []
        func add(_ name: String, _ value: String?) { if let value { described.append((name, value)) } }
        add("display", display.map { "\($0.lines) lines of \($0.columns) characters" })
        add("entry ends by", validation.map(\.words))
        add("second timeout", hasSecondTimeout.map { $0 ? "yes" : "no" })
        add("longest line", maxColumns.map { "\($0) characters" })
        add("message lines", maxLines.map { "\($0)" })
        add("shortest PIN", minPINLength.map { "\($0) digits" })
        add("longest PIN", maxPINLength.map { "\($0) digits" })
        add("firmware", firmware)
        add("commands to the reader", pseudoAPDUs.map { ["none", "by control", "by transmit", "by both"][$0 & 3] })
        add("longest APDU", maxCommandLength.map { $0 == 0 ? "not stated" : "\($0) bytes" })
        add("USB vendor", usbVendor.map(Self.digits))
        add("USB product", usbProduct.map(Self.digits))
        for (tag, value) in values.filter({ $0.key == 0 || $0.key > 12 }).sorted(by: { $0.key < $1.key }) {
            add("property \(tag.hexadecimalDigits)", value.hexadecimal(separator: " "))
        }
        return described
    }

    /// A number of 1 to 4 bytes, little-endian; nil where it is not reported.
    private func number(_ tag: UInt8) -> Int? {
        guard let value = values[tag], (1...4).contains(value.count) else { return nil }
        return value.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private static func digits(_ number: Int) -> String {
        [UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)].hexadecimal()
    }
}

extension PINEntry.Validation {
    fileprivate var words: String {
        let names = [(Self.maxLength, "the maximum length"), (.key, "a key"), (.timeout, "timeout")]
        let said = names.filter { contains($0.0) }.map(\.1)
        return said.isEmpty ? "nothing reported" : said.joined(separator: ", ")
    }
}
