import ISO7816

/// A number of a card or of its issuer: data object 42, issuer identification number, or 45, card image number
/// (GlobalPlatform Card Specification 2.3.1, 7.4.1).
///
/// Answers with and without tag and length are read.
public struct CardNumber: Sendable, Hashable, CustomStringConvertible {
    /// Which of the numbers.
    public enum Kind: UInt16, Sendable, Hashable {
        /// 42: the issuer's number according to ISO/IEC 7812-1, in BCD, padded with F.
        case issuer = 0x42
        /// 45: identifies the card among those of its issuer.
        case image = 0x45

        /// As text.
        public var name: String {
            switch self {
            case .issuer: "issuer identification number"
            case .image: "card image number"
            }
        }
    }

    public let kind: Kind
    /// The number as the card has it.
    public let bytes: [UInt8]
    /// Where the answer does not have the form of the specification.
    public let faults: [DataFault]

    /// Reads an answer to GET DATA.
    public init(_ answer: [UInt8], _ kind: Kind) {
        self.kind = kind
        guard let header = CardObjectHeader(in: answer[...], at: 0), header.tag == UInt32(kind.rawValue) else {
            (bytes, faults) = (answer, [])
            return
        }
        let content = answer[header.valueStart...]
        guard header.count != content.count else {
            (bytes, faults) = ([UInt8](content), [])
            return
        }
        // An issuer's number of 3 or 4 bytes may itself begin with 42.
        guard answer.count > 4 || kind != .issuer else {
            (bytes, faults) = (answer, [])
            return
        }
        bytes = [UInt8](content)
        faults = [
            DataFault(.wrongLength, kind.name, offset: 1, "\(header.count) announced, \(content.count) follow")
        ]
    }

    /// The digits of the number: decimal digits where it is BCD, without padding, else two hexadecimal digits per byte.
    public var description: String {
        let digits = bytes.hexadecimal()
        guard kind == .issuer else { return digits }
        var end = digits.endIndex
        while end > digits.startIndex, digits[digits.index(before: end)] == "F" { end = digits.index(before: end) }
        let number = digits[..<end]
        return !number.isEmpty && number.allSatisfy { "0"..."9" ~= $0 } ? String(number) : digits
    }
}
