public import CardCrypto

/// Loads keys into an element, derived from the issuer's master keys.
///
/// The request names them, `(purpose ‖ version)+`, in the form that a master-key card's SEAL accepts. The authority
/// inserts the diversified keys and their check values, so that no key passes through this program.
public struct PutKeys: ElementOperation {
    public static let code = OperationCode.putKey
    public let names: [KeyName]
    public init(_ names: [KeyName]) { self.names = names }

    public var request: [UInt8] {
        var bytes: [UInt8] = []
        for name in names { bytes.append(name) }
        return bytes
    }

    /// The key names in a request; nil if it is malformed or empty.
    public static func names(inRequest request: [UInt8]) -> [KeyName]? {
        var reader = ByteReader(request.span)
        var names: [KeyName] = []
        while reader.remaining > 0 {
            guard let name = reader.readKeyName(), reader.isGood else { return nil }
            names.append(name)
        }
        return names.isEmpty ? nil : names
    }

    /// `(purpose ‖ version ‖ key 16 ‖ KCV 3)+`, the plaintext C3.
    public static func plaintext(_ keys: [(name: KeyName, key: Secret)], _ suite: CipherSuite) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(21 * keys.count)
        for (name, key) in keys {
            bytes.append(name)
            unsafe key.withBytes { unsafe bytes.append(contentsOf: $0) }
            bytes.append(suite.checkValue(of: key))
        }
        return bytes
    }

    /// Parses a plaintext C3; nil if it is malformed, has version 0, or has a wrong check value.
    public static func keys(inPlaintext c3: [UInt8], _ suite: CipherSuite) -> [(name: KeyName, key: Secret)]? {
        var reader = ByteReader(c3.span)
        var keys: [(name: KeyName, key: Secret)] = []
        while reader.remaining > 0 {
            let name = reader.readKeyName()
            var bytes = reader.readBytes(16)
            let key = Secret(taking: &bytes)
            let kcv = reader.readKeyCheckValue()
            guard let name, reader.isGood, name.version > 0, suite.checkValue(of: key) == kcv else { return nil }
            keys.append((name, key))
        }
        return keys.isEmpty ? nil : keys
    }

    /// The names of all keys now held, ascending.
    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> [KeyName]? {
        var names: [KeyName] = []
        while reader.remaining > 0 {
            guard let name = reader.readKeyName() else { return nil }
            names.append(name)
        }
        return names
    }
}

extension PutKeys: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) {
        var names: [KeyName] = []
        for _ in 0...values.number(below: 2, default: 0) {
            let purpose = Purpose.allCases[values.number(below: Purpose.allCases.count, default: 0)]
            names.append(KeyName(purpose, UInt8(values.number(below: 4, default: 2))))
        }
        self.init(names)
    }

    package func plaintext(with values: some ExampleValues, _ suite: CipherSuite) -> [UInt8] {
        PutKeys.plaintext(names.map { ($0, values.key($0)) }, suite)
    }
}
