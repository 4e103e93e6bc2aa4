internal import SwiftASN1
package import X509

/// What a peer's certificate says. It does not say that the certificate is good: TLS does.
public struct PeerCertificate: Sendable, Hashable {
    /// The serial number in hexadecimal, upper case, without leading zeros.
    public let serial: String
    /// The unit, where exactly one subject alternative name is the URI of one.
    public let unit: NetworkName?
    private let usages: [ExtendedKeyUsage.Usage]

    /// - Parameter der: the certificate.
    /// - Throws: `IdentityError` `.unreadable`.
    public init(der: [UInt8]) throws(IdentityError) {
        do {
            try self.init(Certificate(derEncoded: der))
        } catch {
            throw IdentityError(.unreadable, "the peer's certificate", cause: error)
        }
    }

    /// - Parameter path: of a file with a certificate in PEM, which may hold other documents before it.
    /// - Throws: `IdentityError` `.unreadable` or `.missing`.
    public init(file path: String) throws(IdentityError) {
        guard let bytes = try PEMFile.read(path) else { throw IdentityError(.missing, path) }
        do {
            let documents = try PEMDocument.parseMultiple(pemString: String(decoding: bytes, as: UTF8.self))
            guard let first = documents.first(where: { $0.discriminator == Certificate.defaultPEMDiscriminator })
            else { throw IdentityError(.unreadable, path) }
            try self.init(Certificate(pemDocument: first))
        } catch let error as IdentityError {
            throw error
        } catch {
            throw IdentityError(.unreadable, path, cause: error)
        }
    }

    package init(_ certificate: Certificate) throws {
        serial = Self.text(certificate.serialNumber.bytes)
        var units: [NetworkName] = []
        for name in try certificate.extensions.subjectAlternativeNames ?? SubjectAlternativeNames() {
            if case .uniformResourceIdentifier(let uri) = name, let unit = NetworkName(uri: uri) { units.append(unit) }
        }
        unit = units.count == 1 ? units[0] : nil
        usages = try certificate.extensions.extendedKeyUsage.map { Array($0) } ?? []
    }

    /// Whether the certificate names the purpose. One that names none is for no purpose.
    public func isFor(_ use: NewIdentity.Use) -> Bool { usages.contains(use.usage) }

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let pairs = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
        let digits = pairs.joined().drop { $0 == "0" }
        return digits.isEmpty ? "0" : String(digits)
    }
}
