internal import Diagnostics
internal import DurableFiles
import ISO7816
internal import NIOSSL
internal import SystemPackage

/// The credentials of one side of a relay, and the authority that it trusts: files in PEM.
public struct RelayCredentials: Sendable {
    /// The certificate chain of this side, its own certificate first.
    public let certificate: String
    /// The private key.
    public let key: String
    /// The certificate of the authority that must have signed the peer's.
    public let authority: String

    /// - Parameters:
    ///   - certificate: the file of this side's certificate.
    ///   - key: the file of its private key.
    ///   - authority: the file of the authority's certificate.
    public init(certificate: String, key: String, authority: String) {
        (self.certificate, self.key, self.authority) = (certificate, key, authority)
    }

    /// Only TLS 1.3, with certificates on both sides.
    func configuration(isServer: Bool) throws(CardError) -> NIOSSLContext {
        let chain = try read(certificate, "certificate") { try NIOSSLCertificate.fromPEMFile($0) }
        let key = try read(key, "private key") { try NIOSSLPrivateKey(file: $0, format: .pem) }
        let roots = try read(authority, "certificate") { try NIOSSLCertificate.fromPEMFile($0) }
        var configuration =
            isServer
            ? TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            : TLSConfiguration.makeClientConfiguration()
        configuration.certificateChain = chain.map { .certificate($0) }
        configuration.privateKey = .privateKey(key)
        configuration.trustRoots = .certificates(roots)
        configuration.minimumTLSVersion = .tlsv13
        // A client has no host name to verify; a server must have the one by which it was reached.
        configuration.certificateVerification = isServer ? .noHostnameVerification : .fullVerification
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw CardError(
                .credentialsUnusable, subject: certificate, cause: error)
        }
    }

    /// - Parameter content: what the file is to hold.
    private func read<Value>(
        _ file: String, _ content: String, _ body: (String) throws -> Value
    ) throws(CardError) -> Value {
        do throws(FileError) {
            // The TLS library does not say why it cannot open a file.
            _ = try InputFile(at: FilePath(file: file))
        } catch {
            throw CardError(.credentialsUnusable, subject: file, cause: Circumstance(error.explanation))
        }
        do {
            return try body(file)
        } catch {
            throw CardError(
                .credentialsUnusable, subject: file, cause: Circumstance("it holds no \(content) in PEM"))
        }
    }
}
