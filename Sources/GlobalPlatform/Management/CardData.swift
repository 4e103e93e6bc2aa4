import ISO7816

/// Card data: data object 66 with the card recognition data, 73 (GlobalPlatform Card Specification 2.3.1, H.2).
public struct CardData: Sendable, Hashable {
    /// A secure channel protocol that the card supports.
    public struct Offer: Sendable, Hashable {
        /// 2 for SCP02, 3 for SCP03 and so on.
        public let scp: Int
        /// The parameter "i".
        public let parameter: Int
    }

    /// The version of the GlobalPlatform specification, e.g. 2.3.1.
    public let version: String?
    /// The secure channel protocols.
    public let offers: [Offer]

    /// Parses data object 66, or the 73 within it.
    ///
    /// - Throws: `GlobalPlatformError` with code `.malformedAnswer`.
    public init(_ bytes: [UInt8]) throws(GlobalPlatformError) {
        var objects = try dataObjects(bytes, "card data")
        for tag: TLVTag in [0x66, 0x73] {
            if let outer = objects.first(where: { $0.tag == tag }) { objects = outer.children }
        }
        // 1.2.840.114283, GlobalPlatform's OID.
        let root: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B]
        func arcs(_ object: TLV?) -> [Int]? {
            guard let value = object?.value, value.starts(with: root) else { return nil }
            var (arcs, arc): ([Int], Int) = ([], 0)
            for byte in value.dropFirst(root.count) {
                guard arc < 1 << 40 else { return nil }
                arc = arc << 7 | Int(byte & 0x7F)
                if byte & 0x80 == 0 {
                    arcs.append(arc)
                    arc = 0
                }
            }
            return arcs
        }
        let version = arcs(objects.first { $0.tag == 0x60 }?[0x06])
        self.version = version.flatMap { $0.first == 2 ? $0.dropFirst().map(String.init).joined(separator: ".") : nil }
        offers = objects.filter { $0.tag == 0x64 }.compactMap { object in
            guard let arcs = arcs(object[0x06]), arcs.count == 3, arcs[0] == 4 else { return nil }
            return Offer(scp: arcs[1], parameter: arcs[2])
        }
    }
}
