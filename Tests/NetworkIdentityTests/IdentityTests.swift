import DurableFiles
import Foundation
import SystemPackage
import TestPrograms
import TestSupport
import Testing

@testable import NetworkIdentity

/// Certificates of hosts and units, verified by openssl.
@Suite struct IdentityTests {
    static func name(_ role: NetworkName.Role, _ number: UInt32) throws -> NetworkName {
        try #require(NetworkName(issuer: 0xA1B2C3, role: role, number: number))
    }

    /// Asks openssl to verify a certificate for a purpose.
    static func verifies(_ files: IdentityFiles, _ purpose: String, _ more: [String] = []) throws -> Bool {
        let arguments = ["verify", "-x509_strict", "-CAfile", files.authority, "-purpose", purpose]
        return try Program("/usr/bin/openssl", arguments + more + [files.certificate]).runBlocking().status == 0
    }

    @Test func `a host is dialled, a local unit dials, an area unit does both`() throws {
        try withTemporaryFolder { folder in
            let authority = try IdentityAuthority(in: folder.path)
            let host = try authority.issue(
                NewIdentity(of: Self.name(.host, 1), addresses: ["host.example", "10.0.0.1"]))
            let area = try authority.issue(NewIdentity(of: Self.name(.areaUnit, 5), addresses: ["10.0.0.2"]))
            let local = try authority.issue(NewIdentity(of: Self.name(.localUnit, 0xFF_FFFF)))
            #expect(try Self.verifies(host, "sslserver", ["-verify_hostname", "host.example"]))
            #expect(try Self.verifies(host, "sslserver", ["-verify_ip", "10.0.0.1"]))
            #expect(try !Self.verifies(host, "sslclient"))
            #expect(try Self.verifies(area, "sslserver", ["-verify_ip", "10.0.0.2"]))
            #expect(try Self.verifies(area, "sslclient"))
            #expect(try !Self.verifies(local, "sslserver"))
            #expect(try Self.verifies(local, "sslclient"))
            for (files, unit) in [(host, try Self.name(.host, 1)), (local, try Self.name(.localUnit, 0xFF_FFFF))] {
                #expect(try PeerCertificate(file: files.certificate).unit == unit)
                let mode = try FileManager.default.attributesOfItem(atPath: files.key)[.posixPermissions] as? Int
                #expect(mode == 0o600)
            }
            #expect(local.certificate == folder.path + "/00A1B2C3-40-FFFFFF.pem")
            let show = ["x509", "-in", area.certificate, "-noout", "-ext", "subjectAltName"]
            let text = try Program("/usr/bin/openssl", show).runBlocking().output
            #expect(text.contains("URI:valuestore://issuer/00A1B2C3/as/000005, IP Address:10.0.0.2"), "\(text)")
        }
    }

    @Test func `serial numbers are those that openssl shows`() throws {
        try withTemporaryFolder { folder in
            let authority = try IdentityAuthority(in: folder.path)
            for number in UInt32(1)...8 {
                let files = try authority.issue(NewIdentity(of: Self.name(.areaUnit, number)))
                let shown = try Program("/usr/bin/openssl", ["x509", "-in", files.certificate, "-noout", "-serial"])
                    .runBlocking().output.trimmingCharacters(in: .newlines)
                let digits = shown.replacing("serial=", with: "").drop { $0 == "0" }
                #expect(try PeerCertificate(file: files.certificate).serial == String(digits))
            }
        }
    }

    @Test func `an authority is opened where it exists, and only there`() throws {
        try withTemporaryFolder { folder in
            #expect(try !IdentityAuthority.exists(in: folder.path))
            #expect(throws: IdentityError(.missing, "")) { try IdentityAuthority(existingIn: folder.path) }
            _ = try IdentityAuthority(in: folder.path, subject: "our authority")
            #expect(try IdentityAuthority.exists(in: folder.path))
            let files = try IdentityAuthority(existingIn: folder.path)
                .issue(NewIdentity(of: Self.name(.localUnit, 3)))
            #expect(try Self.verifies(files, "sslclient"))
        }
    }

    @Test(arguments: ["", "a b", "a/b", "1.2.3", "a,URI:valuestore://issuer/00A1B2C3/as/000005"])
    func `an address that could do harm is refused`(address: String) throws {
        try withTemporaryFolder { folder in
            let authority = try IdentityAuthority(in: folder.path)
            #expect(throws: IdentityError(.badName, "")) {
                try authority.issue(NewIdentity(of: Self.name(.host, 1), addresses: [address]))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
        }
    }

    @Test func `a file's error is the cause of the authority's`() {
        let error = #expect(throws: IdentityError(.unwritable, "")) {
            try PEMFile.write([1], to: "/nowhere/at/all/x.pem", isSecret: false)
        }
        #expect((error?.cause as? FileError)?.code == .missing)
        #expect(error.map { "\($0)" } == "/nowhere/at/all/x.pem: cannot be written (\(Errno.noSuchFileOrDirectory))")
    }

    @Test func `each unit has one spelling`() throws {
        let unit = try Self.name(.areaUnit, 5)
        #expect(unit.uri == "valuestore://issuer/00A1B2C3/as/000005")
        #expect("\(unit)" == "00A1B2C3-41-000005")
        #expect(unit.rawValue == 0x00A1_B2C3_41_000005)
        #expect(NetworkName(rawValue: unit.rawValue) == unit)
        #expect(NetworkName(rawValue: 0x00A1_B2C3_01_000005) == nil)
        #expect(NetworkName(issuer: 1, role: .host, number: 1 << 24) == nil)
        for role in NetworkName.Role.allCases {
            let name = try Self.name(role, 0xABCDEF)
            #expect(NetworkName(uri: name.uri) == name)
        }
        for other in [
            "valuestore://issuer/00a1b2c3/as/000005", "valuestore://issuer/A1B2C3/as/000005",
            "valuestore://issuer/00A1B2C3/as/5", "valuestore://issuer/00A1B2C3/xs/000005",
            "valuestore://issuer/00A1B2C3/as/000005/", "valuestore://issuer/00A1B2C3/as/1000005",
            "https://issuer/00A1B2C3/as/000005", "valuestore://issuer/00A1B2C3/as/+00005", "",
        ] {
            #expect(NetworkName(uri: other) == nil, "\(other)")
        }
    }
}

@Suite struct RevocationTests {
    @Test func `a certificate is in the list once it was revoked`() throws {
        try withTemporaryFolder { folder in
            let authority = try IdentityAuthority(in: folder.path)
            let certificates = try (UInt32(1)...3).map {
                try PeerCertificate(
                    file: authority.issue(NewIdentity(of: IdentityTests.name(.areaUnit, $0))).certificate)
            }
            let list = RevocationList(folder.path + "/revoked.txt")
            #expect(try !list.contains(certificates[0]))
            #expect(try list.revoke(certificates[0]))
            #expect(try !list.revoke(certificates[0]))
            #expect(try list.revoke(certificates[1]))
            #expect(try certificates.map { try list.contains($0) } == [true, true, false])
            let text = try String(contentsOfFile: list.path, encoding: .utf8)
            #expect(text.contains("\(certificates[1].serial) # 00A1B2C3-41-000002\n"))
        }
    }

    @Test func `serial numbers are taken as programs write them`() throws {
        try withTemporaryFolder { folder in
            let list = RevocationList(folder.path + "/revoked.txt")
            try Data("# all\n00:AB:0c\r\n\n  0F # with zeros\n0\n".utf8).write(to: URL(filePath: list.path))
            #expect(try list.serials() == ["AB0C", "F", "0"])
            for wrong in ["xyz\n", "12 34\n", "é\n"] {
                try Data(wrong.utf8).write(to: URL(filePath: list.path))
                #expect(throws: IdentityError(.notSerials, "")) { try list.serials() }
                #expect(throws: IdentityError(.notSerials, "")) {
                    let authority = try IdentityAuthority(in: folder.path)
                    let name = try IdentityTests.name(.host, UInt32(wrong.utf8.count))
                    try list.revoke(PeerCertificate(file: authority.issue(NewIdentity(of: name)).certificate))
                }
                #expect(try String(contentsOfFile: list.path, encoding: .utf8) == wrong)
            }
        }
    }
}
