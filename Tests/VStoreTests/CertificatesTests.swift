import Foundation
import NetworkIdentity
import TestPrograms
import Testing

/// Certificates of a network, as openssl sees them.
@Suite struct CertificatesTests {
    @Test func `an authority signs for a host and its units, and one is revoked`() throws {
        try VStoreProgram.withHome { vstore in
            let folder = vstore.home.appending(path: "network").path
            let made = try vstore.run("certificates make-authority \(folder) --json").object()
            #expect(made["authority"] as? String == folder + "/authority.pem")
            let parties = [
                ("host", "00A1B2C3-30-000001", ["--address", "host.example", "--address", "10.0.0.1"], "sslserver"),
                ("area-unit", "00A1B2C3-41-000005", ["--address", "10.0.5.1"], "sslclient"),
                ("local-unit", "00A1B2C3-40-000311", [], "sslclient"),
            ]
            for (role, id, addresses, purpose) in parties {
                let signed = try vstore.run(
                    ["certificates", "sign", folder, id, "--for", role, "--json"] + addresses
                ).object()
                #expect(signed["id"] as? String == id)
                let certificate = try #require(signed["certificate"] as? String)
                let verified = try Program(
                    "/usr/bin/openssl",
                    ["verify", "-x509_strict", "-CAfile", folder + "/authority.pem", "-purpose", purpose, certificate]
                ).runBlocking()
                #expect(verified.status == 0, "\(verified)")
                let key = try #require(signed["key"] as? String)
                let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
                #expect(mode == 0o600)
                #expect(try PeerCertificate(file: certificate).serial == signed["serial"] as? String)
            }
            let list = folder + "/revoked.txt"
            let unit = folder + "/00A1B2C3-41-000005.pem"
            let revoked = try vstore.run("certificates revoke \(list) \(unit) --json").object()
            #expect(revoked["id"] as? String == "00A1B2C3-41-000005")
            #expect(revoked["isNew"] as? Bool == true)
            #expect(try RevocationList(list).contains(PeerCertificate(file: unit)))
            let again = try vstore.run("certificates revoke \(list) \(unit)")
            #expect(again.status == 0 && again.output.contains("already"))
        }
    }

    @Test func `what does not fit is refused, and writes nothing`() throws {
        try VStoreProgram.withHome { vstore in
            let folder = vstore.home.appending(path: "network").path
            let none = try vstore.run("certificates sign \(folder) 00A1B2C3-40-000311 --for local-unit")
            #expect(none.status != 0 && none.errors.contains("make-authority"), "\(none)")
            #expect(try vstore.run("certificates make-authority \(folder)").status == 0)
            let before = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            for (line, words) in [
                ("make-authority \(folder)", "already exists"),
                ("sign \(folder) 00A1B2C3-40-000311 --for area-unit --address a", "but --for says area-unit"),
                ("sign \(folder) 00A1B2C3-41-000005 --for area-unit", "--address"),
                ("sign \(folder) 00A1B2C3-40-000311 --for local-unit --address a", "not dialled"),
                ("sign \(folder) 00A1B2C3-30-000001 --for host --address 1.2.3", "not a valid name"),
                ("revoke \(folder)/list.txt \(folder)/none.pem", "does not exist"),
            ] {
                let outcome = try vstore.run("certificates \(line)")
                #expect(outcome.status != 0)
                #expect(outcome.errors.contains(words), "\(outcome)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == before)
        }
    }
}
