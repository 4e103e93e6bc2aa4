import CardRelay
import Foundation
import NetworkIdentity
import TestPrograms
import TestSupport
import Testing

/// Certificates created by the library, verified by openssl.
@Suite struct RelayAuthorityTests {
    /// Asks openssl to verify a certificate for a purpose and a name.
    static func verifies(_ credentials: RelayCredentials, _ purpose: String, _ more: [String] = []) throws -> Bool {
        let arguments = ["verify", "-x509_strict", "-CAfile", credentials.authority, "-purpose", purpose]
        return try OpenSSL.run(arguments + more + [credentials.certificate]).status == 0
    }

    @Test func `OpenSSL takes them for what they are`() throws {
        try withTemporaryFolder { folder in
            let authority = try RelayAuthority(in: folder.path)
            let server = try authority.issue("desk.example", for: .server)
            let address = try authority.issue("::1", for: .server, file: "address")
            // Opened again, from its files.
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
        try withTemporaryFolder { folder in
            let authority = try RelayAuthority(in: folder.path)
            let first = try authority.issue("a", for: .client)
            let key = try Data(contentsOf: URL(filePath: first.key))
            #expect(throws: IdentityError.self) { try authority.issue("a", for: .client) }
            #expect(try Data(contentsOf: URL(filePath: first.key)) == key)
        }
    }

    @Test(arguments: ["", "../x", "a/b", "a b", ".hidden", "a,DNS:b", String(repeating: "x", count: 65)])
    func `a name that could do harm is refused`(name: String) throws {
        try withTemporaryFolder { folder in
            let authority = try RelayAuthority(in: folder.path)
            #expect(throws: IdentityError.self) { try authority.issue(name, for: .server) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
        }
    }

    @Test func `an authority without its key is reported`() throws {
        try withTemporaryFolder { folder in
            _ = try RelayAuthority(in: folder.path)
            try FileManager.default.removeItem(at: folder.appending(path: "authority.key"))
            let error = #expect(throws: IdentityError.self) { try RelayAuthority(in: folder.path) }
            #expect(error?.code == .keyMissing)
            #expect(error?.subject == folder.path + "/authority.key")
        }
    }

    /// Created by an earlier version, with libcrypto; valid until 2126.
    static let earlierCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBcTCCARegAwIBAgIIHfMBSzMaV3kwCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwP
        cmVsYXkgYXV0aG9yaXR5MCAXDTI2MTEyODE3NTIzM1oYDzIxMjYxMTA0MTc1MzMz
        WjAaMRgwFgYDVQQDDA9yZWxheSBhdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQCm+2CzzB1XikIwb2LowSP1b3smZD0t6PElFrAz7jKiUDo1LbB7gfb
        UDaGgb+G0+dxeJ7fJQkakpQcdvlfkoMvo0UwQzASBgNVHRMBAf8ECDAGAQH/AgEA
        MA4GA1UdDwEB/wQEAwICBDAdBgNVHQ4EFgQUxBPay4b4LR3aNsINMVnNENY6ipow
        CgYIKoZIzj0EAwIDSAAwRQIhAI3FZLxwLx/QDs3DfRPtggf6KrxbPw7PcHhzq9Im
        xehfAiAu/w1wwoBfSaLoAmj3cLCYCvZzmth6V1XXrxgB7sY8qw==
        -----END CERTIFICATE-----

        """

    static let earlierKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWC/q2XhV19j49Nye
        jcXBUPx0IX9PoUfXaTx3f4tzSJahRANCAAQCm+2CzzB1XikIwb2LowSP1b3smZD0
        t6PElFrAz7jKiUDo1LbB7gfbUDaGgb+G0+dxeJ7fJQkakpQcdvlfkoMv
        -----END PRIVATE KEY-----

        """

    @Test func `an authority that an earlier version made signs as before`() throws {
        try withTemporaryFolder { folder in
            let files = [("authority.pem", Self.earlierCertificate), ("authority.key", Self.earlierKey)]
            for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
            let authority = try RelayAuthority(in: folder.path)
            let server = try authority.issue("desk.example", for: .server)
            let client = try authority.issue("counter-3", for: .client)
            #expect(try Self.verifies(server, "sslserver", ["-verify_hostname", "desk.example"]))
            #expect(try Self.verifies(client, "sslclient"))
            for (name, text) in files {
                #expect(try Data(contentsOf: folder.appending(path: name)) == Data(text.utf8))
            }
        }
    }

    /// Both formats in which OpenSSL writes an EC key: SEC 1 after the curve's name, and PKCS #8; and a certificate
    /// after its text form.
    @Test(arguments: [
        ["ecparam", "-name", "prime256v1", "-genkey"],
        ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    ])
    func `an authority that openssl made is taken`(makingKey: [String]) throws {
        try withTemporaryFolder { folder in
            try OpenSSL.make(makingKey + ["-out", "authority.key"], in: folder)
            try OpenSSL.make(
                [
                    "req", "-x509", "-new", "-key", "authority.key", "-subj", "/O=Utility/CN=our authority", "-days",
                    "9",
                    "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0", "-addext",
                    "keyUsage=critical,keyCertSign", "-out", "plain.pem",
                ], in: folder)
            try OpenSSL.make(["x509", "-in", "plain.pem", "-text", "-out", "authority.pem"], in: folder)
            let server = try RelayAuthority(in: folder.path).issue("127.0.0.1", for: .server)
            #expect(try Self.verifies(server, "sslserver", ["-verify_ip", "127.0.0.1"]))
            #expect(try !Self.verifies(server, "sslserver", ["-verify_ip", "127.0.0.2"]))
        }
    }

    @Test(arguments: ["1.2.3", "1.2.3.256", "1.2.3.4.5", "::g", "1:2:3", "desk:443"])
    func `what looks like an address and is not one is refused`(name: String) throws {
        try withTemporaryFolder { folder in
            let authority = try RelayAuthority(in: folder.path)
            #expect(throws: IdentityError.self) { try authority.issue(name, for: .server) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
        }
    }

    @Test(arguments: ["authority.pem", "authority.key"])
    func `a file that is not PEM is refused, and nothing is written`(name: String) throws {
        try withTemporaryFolder { folder in
            _ = try RelayAuthority(in: folder.path)
            let other = name == "authority.pem" ? "authority.key" : "authority.pem"
            let swapped = try Data(contentsOf: folder.appending(path: other))
            for content in [Data("no certificate".utf8), swapped, Data([0xFF, 0x00])] {
                try content.write(to: folder.appending(path: name))
                #expect(throws: IdentityError.self) { try RelayAuthority(in: folder.path) }
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
            }
        }
    }
}
