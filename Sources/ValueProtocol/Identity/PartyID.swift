/// The 8-byte identifier of a party: issuer (4 bytes), kind (1) and characteristic number (3); protocol §1.
///
/// The element's is called EID, the authority's PID.
public struct PartyID: RawRepresentable, Sendable, Hashable, Comparable {
    /// The eight bytes, big-endian.
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// - Parameters:
    ///   - issuer: the issuer that assigns the numbers.
    ///   - kind: what the party is.
    ///   - number: 24 bits; higher bits must be zero.
    public init(issuer: UInt32, kind: PartyKind, number: UInt32) {
        precondition(number < 1 << 24, "a characteristic number has 24 bits")
        rawValue = UInt64(issuer) << 32 | UInt64(kind.rawValue) << 24 | UInt64(number)
    }

    /// Parses sixteen hexadecimal digits, with or without dashes between the parts; nil for anything else.
    public init?(_ text: some StringProtocol) {
        var (value, count) = (UInt64(0), 0)
        for character in text.utf8 where character != UInt8(ascii: "-") {
            guard count < 16, let digit = Self.digit(character) else { return nil }
            value = value << 4 | UInt64(digit)
            count += 1
        }
        guard count == 16 else { return nil }
        rawValue = value
    }

    /// Parses text as the initializer of any text does. The spelling of `description`, which records are full of, is found
    /// fast.
    public init?(_ text: String) {
        if let party = PartyID(canonical: text.utf8.span) {
            self = party
        } else {
            self.init(text[...])
        }
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// Parses the UTF-8 of `description`, and of no other spelling; nil for anything else.
    package init?(canonical text: Span<UInt8>) {
        guard text.count == 18, text[8] == 0x2D, text[11] == 0x2D else { return nil }
        var value: UInt64 = 0
        for index in 0..<18 where index != 8 && index != 11 {
            let character = text[index]
            switch character {
            case 0x30...0x39: value = value << 4 | UInt64(character - 0x30)
            case 0x41...0x46: value = value << 4 | UInt64(character - 0x37)
            default: return nil
            }
        }
        rawValue = value
    }

    /// No party: eight zero bytes.
    public static let none = PartyID(rawValue: 0)

    public var issuer: UInt32 { UInt32(rawValue >> 32) }
    public var kind: PartyKind { PartyKind(rawValue: UInt8(truncatingIfNeeded: rawValue >> 24)) }
    /// The characteristic 3-byte ID.
    public var number: UInt32 { UInt32(rawValue & 0xFF_FFFF) }

    /// The party whose number is higher by `offset`, with the same issuer and kind; nil if it exceeds 24 bits.
    public func advanced(by offset: UInt32) -> PartyID? {
        let (sum, overflow) = number.addingReportingOverflow(offset)
        return overflow || sum >= 1 << 24 ? nil : PartyID(issuer: issuer, kind: kind, number: sum)
    }

    public static func < (a: PartyID, b: PartyID) -> Bool { a.rawValue < b.rawValue }
}

extension PartyID: CustomStringConvertible {
    /// `00A1B2C3-10-011234`: issuer, kind, number.
    public var description: String {
        // Records are full of these, so it is made in place.
        unsafe String(unsafeUninitializedCapacity: 18) { text in
            var end = 0
            for digit in 0..<16 {
                if digit == 8 || digit == 10 {
                    unsafe text[end] = UInt8(ascii: "-")
                    end += 1
                }
                let value = UInt8(truncatingIfNeeded: rawValue >> (60 - 4 * digit)) & 0x0F
                unsafe text[end] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
                end += 1
            }
            return end
        }
    }
}

/// What a party is (protocol §1).
public struct PartyKind: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let electricMeter = PartyKind(rawValue: 0x01)
    public static let gasMeter = PartyKind(rawValue: 0x02)
    public static let waterMeter = PartyKind(rawValue: 0x03)
    public static let heatMeter = PartyKind(rawValue: 0x04)
    public static let subscriberCard = PartyKind(rawValue: 0x10)
    public static let masterKeyCard = PartyKind(rawValue: 0x20)
    public static let host = PartyKind(rawValue: 0x30)
    public static let localUnit = PartyKind(rawValue: 0x40)
    public static let areaUnit = PartyKind(rawValue: 0x41)

    public var isMeter: Bool { (0x01...0x04).contains(rawValue) }
    /// A local or area unit: an element with a clock and series of use, and no purse.
    public var isUnit: Bool { self == .localUnit || self == .areaUnit }
    /// Whether a desk issues such an element.
    public var isIssued: Bool { self == .subscriberCard || isMeter || isUnit }
    /// Whether such an element has a clock and series of use.
    public var measures: Bool { isMeter || isUnit }
}

extension PartyKind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .electricMeter: "electric meter"
        case .gasMeter: "gas meter"
        case .waterMeter: "water meter"
        case .heatMeter: "heat meter"
        case .subscriberCard: "subscriber card"
        case .masterKeyCard: "master-key card"
        case .host: "host"
        case .localUnit: "local unit"
        case .areaUnit: "area unit"
        default: "kind \(hexadecimal(UInt64(rawValue), 2))"
        }
    }
}
