import ISO7816

/// One key of a security domain: data object C0 of the key information template, E0 (GlobalPlatform Card Specification
/// 2.3.1, 11.3.3.1, H.3). The key itself never leaves the card.
public struct KeyInformation: Sendable, Hashable {
    /// The type and length of a key component (table of key types, 11.1.8).
    public struct Component: Sendable, Hashable {
        /// 80 for DES, 88 for AES, A0 and up for RSA, B0 and up for elliptic curves.
        public let type: UInt8
        /// Its length in bytes.
        public let count: Int

        /// The type as text.
        public var name: String {
            switch type {
            case 0x80, 0x82...0x84: "DES"
            case 0x85: "TLS PSK"
            case 0x88: "AES"
            case 0x90: "HMAC-SHA1"
            case 0x91: "HMAC-SHA1-160"
            case 0xA0...0xA8: "RSA"
            case 0xB0...0xB7: "EC"
            default: "type " + hexadecimal([type])
            }
        }
    }

    public let identifier: UInt8
    public let version: UInt8
    public let components: [Component]

    /// Parses a key information template, whole or only its content.
    ///
    /// - Throws: `GlobalPlatformError` with code `.malformedAnswer`.
    public static func list(_ bytes: [UInt8]) throws(GlobalPlatformError) -> [KeyInformation] {
        let name = "key information"
        var objects = try dataObjects(bytes, name)
        if objects.count == 1, let template = objects.first, template.tag == 0xE0 { objects = template.children }
        var keys: [KeyInformation] = []
        for object in objects where object.tag == 0xC0 {
            let value = [UInt8](object.value)
            guard value.count >= 4 else { throw GlobalPlatformError(.malformedAnswer, name) }
            keys.append(
                KeyInformation(identifier: value[0], version: value[1], components: try components(value[2...], name)))
        }
        return keys
    }

    /// The basic form: type and length, one byte each. The extended one: FF, type, length of 2 bytes, then usage and
    /// access, each after its length.
    private static func components(_ bytes: ArraySlice<UInt8>, _ name: String) throws(GlobalPlatformError)
        -> [Component]
    {
        var (rest, components): (ArraySlice<UInt8>, [Component]) = (bytes, [])
        while let first = rest.popFirst() {
            if first == 0xFF {
                guard rest.count >= 3 else { throw GlobalPlatformError(.malformedAnswer, name) }
                let fields = [UInt8](rest.prefix(3))
                components.append(Component(type: fields[0], count: Int(fields[1]) << 8 | Int(fields[2])))
                rest = rest.dropFirst(3)
                // If no further component follows, usage and access end the object.
                if rest.first != 0xFF { break }
            } else {
                guard let count = rest.popFirst() else { throw GlobalPlatformError(.malformedAnswer, name) }
                components.append(Component(type: first, count: Int(count)))
            }
        }
        return components
    }
}

/// The data objects of an answer.
func dataObjects(_ bytes: [UInt8], _ name: String) throws(GlobalPlatformError) -> [TLV] {
    do throws(TLVError) {
        return try TLV.parse(bytes)
    } catch {
        throw GlobalPlatformError(.malformedAnswer, name, cause: error)
    }
}

/// Two digits per byte.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { (($0 < 16) ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
}
