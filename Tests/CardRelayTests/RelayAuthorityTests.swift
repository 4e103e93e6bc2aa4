import CardRelay
import Foundation
import TestPrograms
import Testing

/// Certificates of the library's own making; what they are is told by openssl.
@Suite struct RelayAuthorityTests {
    static func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "authority-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        try body(folder)
    }

    /// Asks openssl to verify a certificate for a purpose and a name.
    static func verifies(_ credentials: RelayCredentials, _ purpose: String, _ more: [String] = []) throws -> Bool {
        let arguments = ["verify", "-x509_strict", "-CAfile", credentials.authority, "-purpose", purpose]
        return try Program("/usr/bin/openssl", arguments + more + [credentials.certificate]).runBlocking().status == 0
    }

    @Test func `OpenSSL takes them for what they are`() throws {
        try Self.withFolder { folder in
            let authority = try RelayAuthority(in: folder.path)
            let server = try authority.issue("desk.example", for: .server)
            let address = try authority.issue("::1", for: .server, file: "address")
            // Another time, from its files.
            let client = try RelayAuthority(in: folder.path).issue("counter-3", for: .client)
            #expect(try Self.verifies(server, "sslserver", ["-verify_hostname", "desk.example"]))
            #expect(try !Self.verifies(server, "sslserver", ["-verify_hostname", "other.example"]))
            #expect(try !Self.verifies(server, "sslclient"))
            #expect(try Self.verifies(address, "sslserver", ["-verify_ip", "::1"]))
            #expect(try Self.verifies(client, "sslclient"))
            #expect(try !Self.verifies(client, "sslserver"))
            for secret in [server.key, client.key, folder.appending(path: "authority.key").path] {
                let mode = try FileManager.default.attributesOfItem(atPath: secret)[.posixPermissions] as? Int
                #expect(mode == 0o600)
            }
        }
    }

    @Test func `nothing is written over`() throws {
        try Self.withFolder { folder in
            let authority = try RelayAuthority(in: folder.path)
            let first = try authority.issue("a", for: .client)
            let key = try Data(contentsOf: URL(filePath: first.key))
            #expect(throws: RelayAuthorityError.self) { try authority.issue("a", for: .client) }
            #expect(try Data(contentsOf: URL(filePath: first.key)) == key)
        }
    }

    @Test(arguments: ["", "../x", "a/b", "a b", ".hidden", "a,DNS:b", String(repeating: "x", count: 65)])
    func `a name that could do harm is refused`(name: String) throws {
        try Self.withFolder { folder in
            let authority = try RelayAuthority(in: folder.path)
            #expect(throws: RelayAuthorityError.self) { try authority.issue(name, for: .server) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
        }
    }

    @Test func `an authority without its key is told`() throws {
        try Self.withFolder { folder in
            _ = try RelayAuthority(in: folder.path)
            try FileManager.default.removeItem(at: folder.appending(path: "authority.key"))
            #expect(throws: RelayAuthorityError.self) { try RelayAuthority(in: folder.path) }
        }
    }
}
