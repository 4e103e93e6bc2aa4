import ISO7816
internal import NIOSSL

/// What one end of a relay proves itself with, and whom it believes: files in PEM.
public struct RelayCredentials: Sendable {
    /// The chain of this end's certificate, its own first.
    public let certificate: String
    /// The private key of the certificate.
    public let key: String
    /// The certificates of the authority that has to have signed the other end's.
    public let authority: String

    /// - Parameters:
    ///   - certificate: the file of this end's certificate.
    ///   - key: the file of its private key.
    ///   - authority: the file of the authority's certificate.
    public init(certificate: String, key: String, authority: String) {
        (self.certificate, self.key, self.authority) = (certificate, key, authority)
    }

    /// TLS 1.3 alone, with a certificate of both ends.
    func configuration(isServer: Bool) throws(CardError) -> NIOSSLContext {
        let chain = try read(certificate) { try NIOSSLCertificate.fromPEMFile($0) }
        let key = try read(key) { try NIOSSLPrivateKey(file: $0, format: .pem) }
        let roots = try read(authority) { try NIOSSLCertificate.fromPEMFile($0) }
        var configuration =
            isServer
            ? TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            : TLSConfiguration.makeClientConfiguration()
        configuration.certificateChain = chain.map { .certificate($0) }
        configuration.privateKey = .privateKey(key)
        configuration.trustRoots = .certificates(roots)
        configuration.minimumTLSVersion = .tlsv13
        // A client has no name that could be looked up; a server must have the one by which it was reached.
        configuration.certificateVerification = isServer ? .noHostnameVerification : .fullVerification
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw CardError(
                .credentialsUnusable, subject: certificate, cause: error)
        }
    }

    private func read<Value>(_ file: String, _ body: (String) throws -> Value) throws(CardError) -> Value {
        do {
            return try body(file)
        } catch {
            throw CardError(
                .credentialsUnusable, subject: file, cause: error)
        }
    }
}
