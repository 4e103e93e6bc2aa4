import ISO7816

/// Card data: data object 66 with the card recognition data, 73 (GlobalPlatform Card Specification 2.3.1, H.2), read as
/// far as possible.
public struct CardData: Sendable, Hashable {
    /// A secure channel protocol that the card supports.
    public struct Offer: Sendable, Hashable {
        /// 2 for SCP02, 3 for SCP03, 0x10 for SCP10 and so on.
        public let scp: Int
        /// The parameter "i".
        public let parameter: Int
    }

    /// One of the data objects in the card recognition data.
    public struct Item: Sendable, Hashable {
        /// 06, or 60 to 68.
        public let tag: UInt8
        /// Its object identifier, in dotted form; nil where it has none.
        public let identifier: String?
        /// The value of the data object.
        public let bytes: [UInt8]

        /// The tag in words; nil for one that the specification does not define.
        public var name: String? {
            switch tag {
            case 0x06: "tag allocation authority"
            case 0x60: "card management type and version"
            case 0x63: "card identification scheme"
            case 0x64: "secure channel protocol"
            case 0x65: "card configuration details"
            case 0x66: "card or chip details"
            case 0x67: "trust point of the issuer security domain"
            case 0x68: "certificate of the issuer security domain"
            default: nil
            }
        }

        /// The object identifier in words; nil for one that is not well known.
        public var meaning: String? {
            guard let identifier else { return nil }
            if identifier == CardData.root + ".1" { return "GlobalPlatform card" }
            if identifier == CardData.root + ".3" { return "GlobalPlatform identification by 42 and 45" }
            if identifier.hasPrefix(CardData.root + ".2.") {
                return "GlobalPlatform \(identifier.dropFirst(CardData.root.count + 3))"
            }
            if let offer = CardData.offer(self) { return "\(offer)" }
            let javaCard = "1.3.6.1.4.1.42.2.110.1."
            if identifier.hasPrefix(javaCard) { return "Java Card \(identifier.dropFirst(javaCard.count))" }
            return nil
        }
    }

    /// The data objects in their order.
    public let items: [Item]
    /// Where the answer does not have the form of the specification.
    public let faults: [DataFault]

    /// GlobalPlatform's object identifier.
    private static let root = "1.2.840.114283"
    private static let name = "card data"

    /// Reads an answer to GET DATA: data object 66, or the 73 within it.
    public init(_ answer: [UInt8]) {
        var content = CardObjects(answer[...], Self.name)
        content.enter(0x66, of: answer[...], Self.name)
        // Card data may hold other objects after the recognition data.
        if let first = content.objects.first, first.tag == 0x73 { content.enter(0x73, of: answer[...], Self.name) }
        var faults = content.faults
        items = content.objects.compactMap { object in
            guard object.tag <= 0xFF else {
                faults.append(DataFault(.unexpected, Self.name, offset: object.offset))
                return nil
            }
            // 65 and 66 may hold anything.
            let isFree = object.tag == 0x65 || object.tag == 0x66
            let inner = object.tag == 0x06 ? nil : CardObjects(object.value, Self.name)
            if !isFree {
                for fault in inner?.faults ?? [] where !faults.contains(fault) { faults.append(fault) }
            }
            let source = object.tag == 0x06 ? object : inner?[0x06]
            let identifier = source.flatMap { $0.isTruncated ? nil : Self.dotted($0.value) }
            if identifier == nil, !isFree, source?.isTruncated != true {
                faults.append(DataFault(.notIdentifier, Self.name, offset: (source ?? object).offset))
            }
            return Item(tag: UInt8(object.tag), identifier: identifier, bytes: object.bytes)
        }
        self.faults = faults
    }

    /// The version of the GlobalPlatform specification, e.g. 2.3.1.
    public var version: String? {
        let prefix = Self.root + ".2."
        return items.first { $0.tag == 0x60 }?.identifier.flatMap { identifier in
            identifier.hasPrefix(prefix) ? String(identifier.dropFirst(prefix.count)) : nil
        }
    }

    /// The secure channel protocols.
    public var offers: [Offer] { items.compactMap(Self.offer) }

    private static func offer(_ item: Item) -> Offer? {
        guard item.tag == 0x64, let identifier = item.identifier, identifier.hasPrefix(root + ".4.") else { return nil }
        let arcs = identifier.dropFirst(root.count + 3).split(separator: ".").compactMap { Int($0) }
        if arcs.count == 2, arcs[0] > 0 { return Offer(scp: arcs[0], parameter: arcs[1]) }
        // Some cards write SCP80 as the byte 80, which as part of an identifier needs two bytes.
        let last = item.bytes.suffix(2)
        guard arcs.count == 1, let scp = last.first, let parameter = last.last, scp >= 0x80 else { return nil }
        return Offer(scp: Int(scp), parameter: Int(parameter))
    }

    /// An object identifier in dotted form (ISO/IEC 8825-1, 8.19); nil where it is empty or ends within a part.
    private static func dotted(_ bytes: ArraySlice<UInt8>) -> String? {
        var (arcs, arc, isWhole): ([UInt64], UInt64, Bool) = ([], 0, false)
        for byte in bytes {
            guard arc < 1 << 56 else { return nil }
            arc = arc << 7 | UInt64(byte & 0x7F)
            isWhole = byte & 0x80 == 0
            guard isWhole else { continue }
            if arcs.isEmpty {
                let first = min(arc / 40, 2)
                arcs = [first, arc - first * 40]
            } else {
                arcs.append(arc)
            }
            arc = 0
        }
        return isWhole ? arcs.map(String.init).joined(separator: ".") : nil
    }
}

extension CardData.Offer: CustomStringConvertible {
    /// `SCP03 i=70`.
    public var description: String {
        "SCP\([UInt8(truncatingIfNeeded: scp)].hexadecimal()) i=\([UInt8(truncatingIfNeeded: parameter)].hexadecimal())"
    }
}
