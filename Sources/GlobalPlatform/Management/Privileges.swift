/// Privileges of applications and security domains (GlobalPlatform Card Specification 2.3.1, 6.6 and 11.1.2).
public struct Privileges: Sendable, Hashable {
    /// 1 byte, or 3.
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Their names in the specification; a bit without a name is `byte 3 bit 1` and so on, bits counted from 8 to 1.
    public var names: [String] {
        bytes.enumerated().flatMap { index, byte in
            (0..<8).filter { byte & 0x80 >> $0 != 0 }.map { bit in
                guard index < Self.names.count, let name = Self.names[index][bit] else {
                    return "byte \(index + 1) bit \(8 - bit)"
                }
                return name
            }
        }
    }

    /// From the highest bit to the lowest.
    private static let names: [[String?]] = [
        [
            "Security Domain", "DAP Verification", "Delegated Management", "Card Lock", "Card Terminate",
            "Card Reset", "CVM Management", "Mandated DAP Verification",
        ],
        [
            "Trusted Path", "Authorized Management", "Token Verification", "Global Delete", "Global Lock",
            "Global Registry", "Final Application", "Global Service",
        ],
        [
            "Receipt Generation", "Ciphered Load File Data Block", "Contactless Activation",
            "Contactless Self-Activation", nil, nil, nil, nil,
        ],
    ]
}

extension RegistryEntry {
    /// The names of ``privileges``.
    public var privilegeNames: [String] { Privileges(privileges).names }
}
