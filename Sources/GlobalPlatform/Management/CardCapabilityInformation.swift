import ISO7816

/// Card capability information: data object 67 (GlobalPlatform Card Specification 2.3.1, H.4), read as far as possible.
public struct CardCapabilityInformation: Sendable, Hashable {
    /// A secure channel protocol and what the card supports of it: data object A0 (table H-6).
    public struct SecureChannelProtocol: Sendable, Hashable {
        /// 2 for SCP02, 3 for SCP03, 0x81 for SCP81; nil where it is missing.
        public internal(set) var scp: UInt8?
        /// The supported values of the parameter "i".
        public internal(set) var options: [UInt8] = []
        /// The lengths of AES keys in bits, for SCP03.
        public internal(set) var keyBits: [Int] = []
        /// The TLS cipher suites, for SCP81: the numbers of RFC 5246 and others.
        public internal(set) var tlsCipherSuites: [UInt16] = []
        /// The maximum length of a pre-shared key in bytes, for SCP81.
        public internal(set) var maxPreSharedKeyBytes: Int?

        /// `SCP03`.
        public var name: String { "SCP" + (scp.map { [$0].hexadecimal() } ?? "?") }
    }

    /// A data object that the specification does not define.
    public struct Unknown: Sendable, Hashable {
        public let tag: UInt32
        public let bytes: [UInt8]
    }

    /// The secure channel protocols.
    public private(set) var protocols: [SecureChannelProtocol] = []
    /// Privileges that supplementary security domains may get (81); nil where the card does not say.
    public private(set) var securityDomainPrivileges: Privileges?
    /// Privileges that applications may get (82); nil where the card does not say.
    public private(set) var applicationPrivileges: Privileges?
    /// Hash algorithms for load file data blocks (83).
    public private(set) var loadFileHashes: [String] = []
    /// Ciphers for encrypted load file data blocks (84).
    public private(set) var loadFileCiphers: [String] = []
    /// Cipher suites for tokens (85).
    public private(set) var tokenSignatures: [String] = []
    /// Cipher suites for receipts (86).
    public private(set) var receiptSignatures: [String] = []
    /// Cipher suites for DAP (87).
    public private(set) var dapSignatures: [String] = []
    /// Curves, as references to key parameters (88).
    public private(set) var curves: [String] = []
    /// What else the card returned.
    public private(set) var unknown: [Unknown] = []
    /// Where the answer does not have the form of the specification.
    public private(set) var faults: [DataFault]

    private static let name = "card capability information"

    /// Reads an answer to GET DATA: data object 67, or its content alone.
    public init(_ answer: [UInt8]) {
        var content = CardObjects(answer[...], Self.name)
        content.enter(0x67, of: answer[...], Self.name)
        // Some cards return 67 within 67.
        content.enter(0x67, of: answer[...], Self.name)
        faults = content.faults
        for object in content.objects { read(object) }
    }

    private mutating func read(_ object: CardObject) {
        let bytes = object.bytes
        switch object.tag {
        case 0xA0: protocols.append(secureChannel(object))
        case 0x81: securityDomainPrivileges = Privileges(bytes)
        case 0x82: applicationPrivileges = Privileges(bytes)
        case 0x83: loadFileHashes = bytes.map { Self.named($0, ["SHA-1", "SHA-256", "SHA-384", "SHA-512"], from: 1) }
        case 0x84: loadFileCiphers = Self.bits(bytes, Self.loadFileCipherBits)
        case 0x85: tokenSignatures = Self.bits(bytes, Self.signatureBits)
        case 0x86: receiptSignatures = Self.bits(bytes, Self.signatureBits)
        case 0x87: dapSignatures = Self.bits(bytes, Self.signatureBits)
        case 0x88: curves = bytes.map { Self.named($0, Self.curveNames, from: 0) }
        default: unknown.append(Unknown(tag: object.tag, bytes: bytes))
        }
    }

    private mutating func secureChannel(_ object: CardObject) -> SecureChannelProtocol {
        let content = CardObjects(object.value, Self.name)
        for fault in content.faults where !faults.contains(fault) { faults.append(fault) }
        var channel = SecureChannelProtocol()
        for object in content.objects {
            let bytes = object.bytes
            switch object.tag {
            case 0x80: channel.scp = bytes.first
            case 0x81: channel.options = bytes
            case 0x82:
                let lengths = [(0x01, 128), (0x02, 192), (0x04, 256)] as [(UInt8, Int)]
                channel.keyBits = lengths.filter { (bytes.first ?? 0) & $0.0 != 0 }.map(\.1)
            case 0x83:
                channel.tlsCipherSuites = stride(from: 0, to: bytes.count - 1, by: 2).map {
                    UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
                }
                if bytes.count % 2 != 0 {
                    faults.append(DataFault(.wrongLength, Self.name, offset: object.offset, "half a cipher suite"))
                }
            case 0x84:
                channel.maxPreSharedKeyBytes =
                    (1...2).contains(bytes.count) ? bytes.reduce(0) { $0 << 8 | Int($1) } : nil
            default: unknown.append(Unknown(tag: object.tag, bytes: bytes))
            }
        }
        if channel.scp == nil {
            faults.append(DataFault(.missing, Self.name, offset: object.offset, "no number of the protocol"))
        }
        return channel
    }

    // MARK: Names

    private static func named(_ value: UInt8, _ names: [String], from first: Int) -> String {
        let index = Int(value) - first
        return names.indices.contains(index) ? names[index] : [value].hexadecimal()
    }

    /// The names of the bits that are set, byte by byte from the lowest; `byte 1 bit 5` for one without a name.
    private static func bits(_ bytes: [UInt8], _ names: [[Int: String]]) -> [String] {
        bytes.enumerated().flatMap { index, byte in
            (0..<8).filter { byte >> $0 & 1 != 0 }.map { bit in
                (index < names.count ? names[index][bit] : nil) ?? "byte \(index + 1) bit \(bit + 1)"
            }
        }
    }

    /// Ciphers for load file data blocks (table H-8).
    private static let loadFileCipherBits: [[Int: String]] = [
        [0: "3DES (16 bytes)", 1: "AES-128", 2: "AES-192", 3: "AES-256", 7: "ICV supported"]
    ]

    /// Cipher suites for signatures.
    private static let signatureBits: [[Int: String]] = [
        [
            0: "RSA-1024 PKCS#1 v1.5 SHA-1", 1: "RSA PSS SHA-256", 2: "DES MAC with final 3DES",
            3: "AES-128 CMAC", 4: "AES-192 CMAC", 5: "AES-256 CMAC", 6: "ECDSA 256 SHA-256", 7: "ECDSA 384 SHA-384",
        ],
        [0: "ECDSA 512 SHA-512", 1: "ECDSA 521 SHA-512"],
    ]

    /// Key parameter references.
    private static let curveNames = [
        "P-256", "P-384", "P-521", "brainpoolP256r1", "brainpoolP256t1", "brainpoolP384r1", "brainpoolP384t1",
        "brainpoolP512r1", "brainpoolP512t1",
    ]
}
