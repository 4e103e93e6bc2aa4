import Foundation
import TestPrograms
import Testing

/// Results with --json of commands that other tests read as text. Tools/json-schemas checks their form.
@Suite struct JSONOutputTests {
    @Test func `a story is told in objects`() throws {
        let outcome = try VStoreProgram.withHome { try $0.run("demo --json") }
        let books = try outcome.output.split(separator: "\n").compactMap { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
        }.filter { $0["service"] != nil }
        #expect(books.map { $0["service"] } == ["gas", "water", "heat"])
        #expect(books.allSatisfy { $0["difference"] == "0" && $0["onCard"] != nil })
    }

    @Test func `an off-line meter draws from a card and is used`() throws {
        try Desk.with { desk in
            try desk.makeMeter()
            try desk.issue()
            try desk.done("card load 20 --service gas --card card1 --passphrase-file -", Desk.passphrase)
            let drawn = try desk.done("meter redeem --meter gas --card card1 15")
            #expect(drawn["cardBalance"] as? String == "5.00")
            let used = try desk.done("meter use --meter gas 1000")
            #expect(used["used"] as? Int == 1000)
            let reading = try #require(used["reading"] as? [String: Any])
            #expect(reading["spent"] as? String == "0.90" && reading["counter"] as? Int == 1000)
        }
    }

    /// A reader's card is lent to a client whose certificate the server knows.
    @Test func `a card is lent over TLS`() throws {
        try VStoreProgram.withHome { vstore in
            let made = try vstore.run(
                "card blank --file card --id 00A1B2C3-10-011234 --transport-key-file -",
                input: "00112233445566778899AABBCCDDEEFF\n")
            #expect(made.status == 0)
            let folder = vstore.home.appending(path: "tls").path
            let lines = try vstore.run("apdu relay certificates \(folder) --server localhost --client desk --json")
                .output
            let certificates = try lines.split(separator: "\n").map { line in
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String] ?? [:]
            }
            func options(_ use: String) throws -> [String] {
                let found = try #require(certificates.first { $0["use"] == use })
                return try ["certificate", "key", "authority"].flatMap { name in
                    ["--\(name)", try #require(found[name])]
                }
            }
            let serve = ["apdu", "relay", "serve", "--listen", "localhost:0", "--card", "card", "--json"]
            let server = try RunningProgram(
                Program(
                    BuiltProgram.vstore.path, serve + options("server"),
                    environment: .only(["VSTORE_HOME": vstore.home.path])), errors: .discarded)
            defer { server.kill() }
            let listening = try JSONSerialization.jsonObject(with: Data(server.nextLine().utf8)) as? [String: Any]
            let port = try #require(listening?["port"] as? Int)
            let sent = try vstore.run(
                ["apdu", "send", "--remote", "localhost:\(port)", "--json", "00CA010000"] + options("client"))
            #expect(try sent.object()["status"] as? String == "9000", "\(sent)")
            try server.wait(for: #""event":"ended""#)
        }
    }
}
