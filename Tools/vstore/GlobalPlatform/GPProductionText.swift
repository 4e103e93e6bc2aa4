import GlobalPlatform
import ISO7816

extension ProductionLifeCycle {
    /// A field's value with its meaning; nil where the data end before its end.
    func text(_ field: Field) -> String? {
        guard let bytes = self[field] else { return nil }
        let digits = bytes.hexadecimal()
        if let date = date(field) { return "\(digits) (\(date))" }
        if field.isDate, bytes.contains(where: { $0 != 0 }) { return "\(digits) (not a date)" }
        if field == .icFabricator, let fabricatorName { return "\(digits) (\(fabricatorName))" }
        return digits
    }

    /// Bytes are hexadecimal digits; a date is an object.
    var json: JSONValue {
        let fields = Field.allCases.map { field -> (name: String, value: JSONValue) in
            guard let bytes = self[field] else { return (Self.key(field), .null) }
            let digits = JSONValue.text(bytes.hexadecimal())
            guard field.isDate else { return (Self.key(field), digits) }
            let date = date(field)
            return (
                Self.key(field),
                [
                    "digits": digits, "yearDigit": date.map { .number($0.yearDigit) } ?? .null,
                    "day": date.map { .number($0.day) } ?? .null,
                ]
            )
        }
        return .object(
            fields + [("icFabricatorName", JSONValue(fabricatorName)), ("bytes", .text(bytes.hexadecimal()))])
    }

    private static func key(_ field: Field) -> String { "\(field)" }
}

extension CardCapabilityInformation {
    /// Names and values for people; what the card does not say is left out.
    var rows: [(String, String)] {
        func listed(_ values: [String]?) -> String? {
            values.map { $0.isEmpty ? "none" : $0.joined(separator: ", ") }
        }
        func unlessEmpty(_ values: [String]) -> String? { values.isEmpty ? nil : values.joined(separator: ", ") }
        var rows = protocols.map { ("supports \($0.name)", $0.text) }
        let lists: [(String, String?)] = [
            ("privileges of security domains", listed(securityDomainPrivileges?.names)),
            ("privileges of applications", listed(applicationPrivileges?.names)),
            ("hashes of load files", unlessEmpty(loadFileHashes)),
            ("ciphers of load files", unlessEmpty(loadFileCiphers)),
            ("signatures of tokens", unlessEmpty(tokenSignatures)),
            ("signatures of receipts", unlessEmpty(receiptSignatures)),
            ("signatures of DAP", unlessEmpty(dapSignatures)), ("curves", unlessEmpty(curves)),
        ]
        for (name, value) in lists { if let value { rows.append((name, value)) } }
        return rows + unknown.map { ("capability \(Self.tag($0))", $0.bytes.hexadecimal()) }
    }

    var json: JSONValue {
        func names(_ privileges: Privileges?) -> JSONValue {
            privileges.map { .list($0.names.map(JSONValue.text)) } ?? .null
        }
        func list(_ values: [String]) -> JSONValue { .list(values.map(JSONValue.text)) }
        return [
            "protocols": .list(protocols.map(\.json)), "securityDomainPrivileges": names(securityDomainPrivileges),
            "applicationPrivileges": names(applicationPrivileges), "loadFileHashes": list(loadFileHashes),
            "loadFileCiphers": list(loadFileCiphers), "tokenSignatures": list(tokenSignatures),
            "receiptSignatures": list(receiptSignatures), "dapSignatures": list(dapSignatures),
            "curves": list(curves),
            "unknown": .list(
                unknown.map {
                    ["tag": .text(Self.tag($0)), "bytes": .text($0.bytes.hexadecimal())] as JSONValue
                }),
        ]
    }

    private static func tag(_ unknown: Unknown) -> String {
        let digits = String(unknown.tag, radix: 16, uppercase: true)
        return digits.count % 2 == 0 ? digits : "0" + digits
    }
}

extension CardCapabilityInformation.SecureChannelProtocol {
    /// What the card supports of it.
    var text: String {
        var parts: [String] = []
        if !options.isEmpty { parts.append("i=" + options.map { [$0].hexadecimal() }.joined(separator: ", ")) }
        if !keyBits.isEmpty { parts.append("AES-" + keyBits.map(String.init).joined(separator: ", ")) }
        if !tlsCipherSuites.isEmpty {
            parts.append("TLS cipher suites " + tlsCipherSuites.map(Self.digits).joined(separator: ", "))
        }
        if let maxPreSharedKeyBytes { parts.append("pre-shared keys up to \(maxPreSharedKeyBytes) bytes") }
        return parts.isEmpty ? "yes" : parts.joined(separator: "; ")
    }

    var json: JSONValue {
        [
            "protocol": .text(name), "options": .list(options.map { .text([$0].hexadecimal()) }),
            "keyBits": .list(keyBits.map(JSONValue.number)),
            "tlsCipherSuites": .list(tlsCipherSuites.map { .text(Self.digits($0)) }),
            "maxPreSharedKeyBytes": maxPreSharedKeyBytes.map(JSONValue.number) ?? .null,
        ]
    }

    private static func digits(_ suite: UInt16) -> String {
        [UInt8(suite >> 8), UInt8(truncatingIfNeeded: suite)].hexadecimal()
    }
}
