internal import Crypto
internal import SwiftASN1
internal import X509

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A key, and the certificate of X.509, version 3 (RFC 5280), that certifies it.
struct CertifiedKey: Sendable {
    let certificate: Certificate
    let key: Certificate.PrivateKey

    /// Creates a NIST P-256 key and its certificate, valid from a minute ago; self-signed where no issuer is given.
    ///
    /// - Throws: `IdentityError` `.cryptography` naming `subject`.
    init(
        subject: String, days: Int, issuer: CertifiedKey?,
        @ExtensionsBuilder extensions: (Certificate.PublicKey) throws -> Result<Certificate.Extensions, any Error>
    ) throws(IdentityError) {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let now = Date.now
        do {
            let name = try DistinguishedName { CommonName(subject) }
            certificate = try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
                notValidBefore: now.addingTimeInterval(-60),
                notValidAfter: now.addingTimeInterval(Double(days) * 86_400),
                issuer: issuer?.certificate.subject ?? name, subject: name, extensions: extensions(key.publicKey).get(),
                issuerPrivateKey: issuer?.key ?? key)
        } catch {
            throw IdentityError(.cryptography, subject, cause: error)
        }
        self.key = key
    }

    /// Parses both from PEM.
    ///
    /// - Throws: `IdentityError` `.unreadable` naming the file concerned.
    init(
        certificate: (pem: [UInt8], path: String), key: (pem: [UInt8], path: String)
    ) throws(IdentityError) {
        self.certificate = try Self.parse(certificate.pem, certificate.path) {
            $0 == Certificate.defaultPEMDiscriminator ? try Certificate(pemDocument: $1) : nil
        }
        // OpenSSL writes the curve's name ("EC PARAMETERS") before a key in its older format.
        self.key = try Self.parse(key.pem, key.path) {
            $0.hasSuffix("PRIVATE KEY") ? try Certificate.PrivateKey(pemDocument: $1) : nil
        }
    }

    /// The first document of a file that `parse` accepts.
    private static func parse<Value>(
        _ bytes: [UInt8], _ path: String, _ parse: (_ discriminator: String, PEMDocument) throws -> Value?
    ) throws(IdentityError) -> Value {
        do {
            for document in try PEMDocument.parseMultiple(pemString: String(decoding: bytes, as: UTF8.self)) {
                if let value = try parse(document.discriminator, document) { return value }
            }
        } catch {
            throw IdentityError(.unreadable, path, cause: error)
        }
        throw IdentityError(.unreadable, path)
    }

    /// The certificate in PEM.
    func certificatePEM() throws(IdentityError) -> [UInt8] {
        try pem("the certificate") { try certificate.serializeAsPEM() }
    }

    /// The key in PEM, as PKCS #8 (RFC 5958).
    func keyPEM() throws(IdentityError) -> [UInt8] {
        try pem("the key") { try key.serializeAsPEM() }
    }

    private func pem(_ subject: String, _ body: () throws -> PEMDocument) throws(IdentityError) -> [UInt8] {
        do {
            return Array((try body().pemString + "\n").utf8)
        } catch {
            throw IdentityError(.cryptography, subject, cause: error)
        }
    }
}

extension CertifiedKey {
    /// Creates an authority that signs only end-entity certificates.
    static func authority(_ subject: String, days: Int) throws(IdentityError) -> CertifiedKey {
        try CertifiedKey(subject: subject, days: days, issuer: nil) { key in
            Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
            Critical(KeyUsage(keyCertSign: true))
            SubjectKeyIdentifier(hash: key)
        }
    }

    /// Creates an end-entity certificate, signed by this authority.
    func issue(_ identity: NewIdentity) throws(IdentityError) -> CertifiedKey {
        var alternatives: [GeneralName] = []
        if let unit = identity.unit { alternatives.append(.uniformResourceIdentifier(unit.uri)) }
        for address in identity.addresses { alternatives.append(try SubjectName.alternative(address)) }
        let usages = identity.uses.map { $0.usage }
        return try CertifiedKey(subject: identity.name, days: identity.days, issuer: self) { key in
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
            try ExtendedKeyUsage(usages)
            SubjectAlternativeNames(alternatives)
            SubjectKeyIdentifier(hash: key)
            AuthorityKeyIdentifier(keyIdentifier: try keyIdentifier())
        }
    }

    /// The certificate's subject key identifier, or the key's hash where it has none.
    private func keyIdentifier() throws -> ArraySlice<UInt8> {
        try (certificate.extensions.subjectKeyIdentifier ?? SubjectKeyIdentifier(hash: certificate.publicKey))
            .keyIdentifier
    }
}
