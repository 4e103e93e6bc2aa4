public import ISO7816

/// What a reader's keypad and display are like (PC/SC specification, part 10, 2.5.5 and 2.6.14).
public struct PinpadProperties: Sendable, Hashable {
    /// Values by their tags, as they came.
    public let values: [UInt8: [UInt8]]

    /// Reads the answer to GET_TLV_PROPERTIES: `tag ‖ length ‖ value`, numbers little-endian.
    ///
    /// - Parameters:
    ///   - answer: what the reader gave.
    ///   - reader: what errors name.
    /// - Throws: `CardError`, `.malformedReaderAnswer` where a value is longer than the bytes that are there.
    public init(_ answer: [UInt8], reader: String) throws(CardError) {
        values = Dictionary(
            try ShortTLV.parse(answer, reader: reader).map { ($0.tag, Array($0.value)) }, uniquingKeysWith: { $1 })
    }

    /// Reads the answer to IFD_PIN_PROPERTIES: display (2 bytes), what ends an entry, whether there is a second timeout.
    ///
    /// - Parameters:
    ///   - structure: what the reader gave, 4 bytes.
    ///   - reader: what errors name.
    /// - Throws: `CardError`, `.malformedReaderAnswer` where there are not 4 bytes.
    public init(structure: [UInt8], reader: String) throws(CardError) {
        guard structure.count == 4 else { throw CardError(.malformedReaderAnswer, subject: reader) }
        values = [1: Array(structure[0..<2]), 2: [structure[2]], 3: [structure[3]]]
    }

    /// The lines and the characters a line of the display (wLcdLayout); nil where it is not told or there is none.
    public var display: (lines: Int, columns: Int)? {
        number(1).flatMap { $0 == 0 ? nil : ($0 >> 8, $0 & 0xFF) }
    }
    /// What can end an entry.
    public var validation: PINEntry.Validation? { number(2).map { PINEntry.Validation(rawValue: UInt8($0 & 0xFF)) } }
    /// Whether there is a timeout of its own after the first key.
    public var hasSecondTimeout: Bool? { number(3).map { $0 != 0 } }
    /// The most characters a line of a message.
    public var greatestColumns: Int? { number(4) }
    /// The most lines of a message.
    public var greatestLines: Int? { number(5) }
    /// The shortest PIN that the reader takes, in digits.
    public var smallestPIN: Int? { number(6) }
    /// The longest PIN that the reader takes, in digits.
    public var greatestPIN: Int? { number(7) }
    /// The firmware's name.
    public var firmware: String? { values[8].map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) } }
    /// How commands reach the reader itself: bit 0 by `control`, bit 1 by `transmit`.
    public var pseudoAPDUs: Int? { number(9) }
    /// The longest command in bytes; 0 where the reader does not say.
    public var greatestCommand: Int? { number(10) }
    /// The maker by its number with the USB forum.
    public var usbVendor: Int? { number(11) }
    /// The model by its maker's number.
    public var usbProduct: Int? { number(12) }

    /// What is told, as name and value.
    public var described: [(name: String, value: String)] {
        var described: [(name: String, value: String)] = []
        func add(_ name: String, _ value: String?) { if let value { described.append((name, value)) } }
        add("display", display.map { "\($0.lines) lines of \($0.columns) characters" })
        add("entry ends by", validation.map(\.words))
        add("second timeout", hasSecondTimeout.map { $0 ? "yes" : "no" })
        add("longest line", greatestColumns.map { "\($0) characters" })
        add("message lines", greatestLines.map { "\($0)" })
        add("shortest PIN", smallestPIN.map { "\($0) digits" })
        add("longest PIN", greatestPIN.map { "\($0) digits" })
        add("firmware", firmware)
        add("commands to the reader", pseudoAPDUs.map { ["none", "by control", "by transmit", "by both"][$0 & 3] })
        add("longest APDU", greatestCommand.map { $0 == 0 ? "not told" : "\($0) bytes" })
        add("USB vendor", usbVendor.map(Self.digits))
        add("USB product", usbProduct.map(Self.digits))
        for (tag, value) in values.filter({ $0.key == 0 || $0.key > 12 }).sorted(by: { $0.key < $1.key }) {
            add("property \(tag.hexadecimalDigits)", value.hexadecimal(separator: " "))
        }
        return described
    }

    /// A number of 1 to 4 bytes, little-endian; nil where it is not told.
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
        let names = [(Self.greatestLength, "the greatest length"), (.key, "a key"), (.timeout, "timeout")]
        let said = names.filter { contains($0.0) }.map(\.1)
        return said.isEmpty ? "nothing told" : said.joined(separator: ", ")
    }
}
