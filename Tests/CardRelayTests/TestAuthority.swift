import CardRelay
import Foundation
import TestSupport

/// A test authority and the certificates that it signs, created by the openssl program.
struct TestAuthority: Sendable {
    private let temporary: TemporaryFolder
    private var folder: URL { temporary.url }

    init() throws {
        temporary = try TemporaryFolder()
        try openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test-authority "
                + "-keyout authority.key -out authority.pem")
    }

    /// A certificate with its key, signed by this authority, and trusting `other` or this one.
    ///
    /// - Parameters:
    ///   - use: `serverAuth`, `clientAuth`, or nil for a certificate without a purpose.
    ///   - names: as openssl writes them: `DNS:localhost,IP:127.0.0.1`.
    func credentials(
        _ name: String, _ use: String?, names: String, believing other: TestAuthority? = nil
    ) throws -> RelayCredentials {
        try "\(use.map { "extendedKeyUsage=\($0)\n" } ?? "")subjectAltName=\(names)\n".write(
            to: folder.appending(path: "\(name).ext"), atomically: true, encoding: .utf8)
        try openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=\(name) -keyout \(name).key "
                + "-out \(name).csr")
        try openssl(
            "x509 -req -in \(name).csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 "
                + "-extfile \(name).ext -out \(name).pem")
        return RelayCredentials(
            certificate: folder.appending(path: "\(name).pem").path, key: folder.appending(path: "\(name).key").path,
            authority: (other ?? self).folder.appending(path: "authority.pem").path)
    }

    private func openssl(_ line: String) throws {
        try OpenSSL.make(line.split(separator: " ").map(String.init), in: folder)
    }
}
