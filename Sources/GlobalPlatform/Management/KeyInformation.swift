public import ISO7816

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
            case 0x80: "DES"
            case 0x82: "3DES-CBC"
            case 0x83: "DES-ECB"
            case 0x84: "DES-CBC"
            case 0x85: "TLS PSK"
            case 0x88: "AES"
            case 0x90: "HMAC-SHA1"
            case 0x91: "HMAC-SHA1-160"
            case 0xA0: "RSA public exponent"
            case 0xA1: "RSA public modulus"
            case 0xA2: "RSA private modulus"
            case 0xA3: "RSA private exponent"
            case 0xA4: "RSA CRT p"
            case 0xA5: "RSA CRT q"
            case 0xA6: "RSA CRT 1/q mod p"
            case 0xA7: "RSA CRT d mod p-1"
            case 0xA8: "RSA CRT d mod q-1"
            case 0xB0: "EC public key"
            case 0xB1: "EC private key"
            case 0xB2: "EC field p"
            case 0xB3: "EC coefficient a"
            case 0xB4: "EC coefficient b"
            case 0xB5: "EC generator"
            case 0xB6: "EC order"
            case 0xB7: "EC cofactor"
            case 0xF0: "EC curve reference"
            default: "type " + [type].hexadecimal()
            }
        }
    }

    public let identifier: UInt8
    public let version: UInt8
    public let components: [Component]
    /// Key usage (11.1.9), in the extended form only: 0 to 2 bytes.
    public let usage: [UInt8]
    /// Key access (11.1.10), in the extended form only: 0 or 1 byte.
    public let access: [UInt8]

    /// Parses a key information template, whole or only its content.
    ///
    /// - Throws: `GlobalPlatformError` with code `.malformedAnswer` where it has any fault.
    public static func list(_ bytes: [UInt8]) throws(GlobalPlatformError) -> [KeyInformation] {
        let template = KeyInformationTemplate(bytes)
        if let fault = template.faults.first {
            throw GlobalPlatformError(.malformedAnswer, "key information", cause: fault)
        }
        return template.keys
    }
}

/// The key information template, E0 (11.3.3.1), read as far as possible.
public struct KeyInformationTemplate: Sendable, Hashable {
    /// The keys, in the card's order. Of a key whose entry is malformed, the components that could be read.
    public let keys: [KeyInformation]
    /// Where the answer does not have the form of the specification.
    public let faults: [DataFault]
    /// The warning with which the card gave the answer, which may be incomplete; nil where there was none.
    public let warning: StatusWord?

    private static let name = "key information"

    /// Reads an answer to GET DATA: the template, whole or only its content.
    public init(_ answer: [UInt8]) { self.init(answer, warning: nil) }

    init(_ answer: [UInt8], warning: StatusWord?) {
        self.warning = warning
        var content = CardObjects(answer[...], Self.name)
        content.enter(0xE0, of: answer[...], Self.name)
        var keys: [KeyInformation] = []
        var faults = content.faults
        for object in content.objects {
            guard object.tag == 0xC0 else {
                faults.append(DataFault(.unexpected, Self.name, offset: object.offset, "not C0"))
                continue
            }
            if let key = Self.key(object, &faults) { keys.append(key) }
        }
        (self.keys, self.faults) = (keys, faults)
    }

    private static func key(_ object: CardObject, _ faults: inout [DataFault]) -> KeyInformation? {
        var rest = object.value
        func end(_ what: String) {
            // Of a truncated object, that is named already.
            guard !object.isTruncated else { return }
            faults.append(DataFault(.tooShort, name, offset: object.value.endIndex, what))
        }
        guard let identifier = rest.popFirst(), let version = rest.popFirst() else {
            end("a key without identifier and version")
            return nil
        }
        let (components, isExtended) = components(&rest, end)
        var (usage, access): ([UInt8], [UInt8]) = ([], [])
        if isExtended {
            // Key usage and key access, each after its length; some cards leave both out.
            usage = field(&rest)
            access = field(&rest)
            if !rest.isEmpty { faults.append(DataFault(.tooLong, name, offset: rest.startIndex)) }
        }
        return KeyInformation(
            identifier: identifier, version: version, components: components, usage: usage, access: access)
    }

    /// The basic form: type and length, one byte each. The extended one: FF, type, length of 2 bytes.
    private static func components(
        _ rest: inout ArraySlice<UInt8>, _ end: (String) -> Void
    ) -> ([KeyInformation.Component], isExtended: Bool) {
        var components: [KeyInformation.Component] = []
        var isExtended = false
        while let first = rest.first {
            if first == 0xFF {
                guard rest.count >= 4 else {
                    rest = rest.suffix(0)
                    end("within a component")
                    break
                }
                let fields = [UInt8](rest.prefix(4))
                components.append(.init(type: fields[1], count: Int(fields[2]) << 8 | Int(fields[3])))
                rest = rest.dropFirst(4)
                isExtended = true
            } else if isExtended {
                break
            } else {
                guard rest.count >= 2 else {
                    rest = rest.suffix(0)
                    end("within a component")
                    break
                }
                let fields = [UInt8](rest.prefix(2))
                components.append(.init(type: fields[0], count: Int(fields[1])))
                rest = rest.dropFirst(2)
            }
        }
        if components.isEmpty { end("a key without components") }
        return (components, isExtended)
    }

    private static func field(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        guard let count = rest.popFirst() else { return [] }
        defer { rest = rest.dropFirst(Int(count)) }
        return [UInt8](rest.prefix(Int(count)))
    }
}

/// The data objects of a command that an emulated card received.
func dataObjects(_ bytes: [UInt8], _ name: String) throws(GlobalPlatformError) -> [TLV] {
    do throws(TLVError) {
        return try TLV.parse(bytes)
    } catch {
        throw GlobalPlatformError(.malformedAnswer, name, cause: error)
    }
}
