import Foundation
import TestPrograms
import Testing

/// The records' own commands: audit, check, backup, migrate, recover.
@Suite("Host's records") struct HostRecordsTests {
    private static let keys = "--passphrase-file -"

    /// A desk with a card that was loaded once.
    private func withLoadedCard(_ body: (Desk, _ mark: String) throws -> Void) throws {
        try Desk.with { desk in
            try desk.issue()
            let loaded = try load(desk, 50, "A")
            try body(desk, try #require(loaded["audit"] as? String))
        }
    }

    @discardableResult
    private func load(_ desk: Desk, _ amount: Int, _ reference: String) throws -> [String: Any] {
        try desk.done(
            "card load \(amount) --service gas --card card1 --reference \(reference) \(Self.keys)", Desk.passphrase)
    }

    private func balance(_ desk: Desk) throws -> String? {
        let purses = try desk.done("card info --card card1")["purses"] as? [[String: Any]]
        return purses?.first?["balance"] as? String
    }

    @Test func `a receipt's mark finds its entry`() throws {
        try withLoadedCard { desk, mark in
            let found = try desk.done("host audit --mark \(mark) \(Self.keys)", Desk.passphrase)["entries"]
            let entries = try #require(found as? [[String: Any]])
            #expect(entries.count == 1 && entries[0]["kind"] as? String == "transaction")
            #expect((entries[0]["text"] as? String)?.contains("50.00 EUR") == true)
            let all = try desk.done("host audit --of 00A1B2C3-10-000001 \(Self.keys)", Desk.passphrase)["entries"]
            #expect(try #require(all as? [Any]).count > 1)
            let checked = try desk.done("host check --mark \(mark) \(Self.keys)", Desk.passphrase)
            #expect(checked["mark"] as? String != nil && (checked["unsound"] as? [Any])?.isEmpty == true)
            let forged = String(mark.dropLast()) + (mark.hasSuffix("0") ? "1" : "0")
            let refused = try desk.vstore.run("host check --mark \(forged) \(Self.keys)", input: Desk.passphrase)
            #expect(refused.status != 0 && refused.errors.contains(forged))
            let wrong = try desk.vstore.run("host audit --mark 12 \(Self.keys)", input: Desk.passphrase)
            #expect(wrong.status == 64 && wrong.errors.contains("is not a mark of the audit trail"))
        }
    }

    @Test func `a backup goes on where it was made, but does no order twice`() throws {
        try withLoadedCard { desk, mark in
            let folder = desk.vstore.home.appending(path: "monday").path
            let backup = try desk.done("host backup \(folder) \(Self.keys)", Desk.passphrase)
            #expect(backup["mark"] as? String != nil)
            let again = try desk.vstore.run("host backup \(folder) \(Self.keys)", input: Desk.passphrase)
            #expect(again.status != 0 && again.errors.contains("already exists"))
            try load(desk, 20, "B")
            // The folder is a home of its own, with the records of Monday.
            let card = desk.vstore.home.appending(path: "cards/card1").path
            let order = "card load 20 --service gas --card \(card) --reference B --home \(folder) \(Self.keys)"
            let refused = try desk.vstore.run(order, input: Desk.passphrase)
            #expect(refused.status != 0 && refused.errors.contains("applied more than these records know"))
            #expect(refused.errors.contains("card recover"))
            #expect(try balance(desk) == "70.00")
            let accepted = try desk.done("card recover --card \(card) --home \(folder) \(Self.keys)", Desk.passphrase)
            #expect(accepted["known"] as? Int == 1 && accepted["applied"] as? Int == 2)
            try desk.done(
                "card load 5 --service gas --card \(card) --reference C --home \(folder) \(Self.keys)", Desk.passphrase)
            #expect(try balance(desk) == "75.00")
        }
    }

    @Test(
        arguments: [
            "postgresql://clerk:secret@db.example/utility", "postgresql:///utility?password=secret",
        ])
    func `a password on the command line is refused and not repeated`(_ address: String) throws {
        try Desk.with { desk in
            let refused = try desk.vstore.run("host check --database \(address) \(Self.keys)", input: Desk.passphrase)
            #expect(refused.status == 64 && refused.errors.contains("~/.pgpass"))
            #expect(!refused.errors.contains("secret"))
        }
    }

    @Test func `records that are lost stop every order until they are accepted`() throws {
        try withLoadedCard { desk, _ in
            try desk.done("host check \(Self.keys)", Desk.passphrase)
            for name in ["host.sqlite", "host.sqlite-wal", "host.sqlite-shm"] {
                let file = desk.vstore.home.appending(path: name)
                if FileManager.default.fileExists(atPath: file.path) { try FileManager.default.removeItem(at: file) }
            }
            let order = "card load 50 --service gas --card card1 --reference A \(Self.keys)"
            let missing = try desk.vstore.run(order, input: Desk.passphrase)
            #expect(missing.status != 0 && missing.errors.contains("the records are missing"))
            let begun = try desk.done("host recover \(Self.keys)", Desk.passphrase)
            #expect(begun["mark"] == nil)
            // Neither do they know the card's purse any more.
            let unknown = try desk.vstore.run(order, input: Desk.passphrase)
            #expect(unknown.status != 0 && unknown.errors.contains("card recover"))
            let behind = try desk.vstore.run("\(order) --currency EUR", input: Desk.passphrase)
            #expect(behind.status != 0 && behind.errors.contains("applied more than these records know"))
            #expect(try balance(desk) == "50.00")
            try desk.done("card recover --card card1 \(Self.keys)", Desk.passphrase)
            try load(desk, 20, "B")
            #expect(try balance(desk) == "70.00")
            // What the card holds from before, these records cannot account for.
            let check = try desk.vstore.run("host check \(Self.keys)", input: Desk.passphrase)
            #expect(check.status == 1 && check.output.contains("holds more than these records account for"))
        }
    }

    @Test func `the records move into a database, and every command follows`() throws {
        let address = try PostgreSQLServer.shared.get().database()
        try withLoadedCard { desk, mark in
            // Not half of the orders here and half there.
            let early = try desk.vstore.run("host check --database \(address) \(Self.keys)", input: Desk.passphrase)
            #expect(early.status != 0 && early.errors.contains("host migrate"))
            let moved = try desk.done("host migrate --database \(address) \(Self.keys)", Desk.passphrase)
            #expect(try #require(moved["entries"] as? Int) > 1)
            try load(desk, 20, "B")
            #expect(try load(desk, 20, "B")["repeated"] as? Bool == true)
            #expect(try balance(desk) == "70.00")
            try desk.done("host check --mark \(mark) \(Self.keys)", Desk.passphrase)
            let folder = desk.vstore.home.appending(path: "copy").path
            try desk.done("host backup \(folder) \(Self.keys)", Desk.passphrase)
            try desk.done("host check --mark \(mark) --home \(folder) \(Self.keys)", Desk.passphrase)
            let other = try desk.vstore.run(
                "host check --database postgresql:///other \(Self.keys)", input: Desk.passphrase)
            #expect(other.status != 0 && other.errors.contains("the records are kept elsewhere"))
        }
    }

    @Test func `records over two servers have the elements of their shards, and what crosses them is refused`() throws {
        let server = try PostgreSQLServer.shared.get()
        let addresses = [try server.database(), try server.database()]
        try Desk.with { desk in
            let file = desk.vstore.home.appending(path: "servers.txt")
            // The meter and card3 are on the first server, card1 is on the second.
            try "# number shards address\n0 0-127 \(addresses[0])\n1 128-255 \(addresses[1])\n"
                .write(to: file, atomically: true, encoding: .utf8)
            try desk.done("host check --database \(file.path) \(Self.keys)", Desk.passphrase)
            let order = "card issue --card card1 --purse gas:EUR:200:\(Desk.gasMeter) --yes \(Self.keys)"
            let apart = try desk.vstore.run(order, input: Desk.passphrase)
            #expect(apart.status != 0 && apart.errors.contains("these elements are on different servers"))
            try desk.issue("card3")
            let load = "card load 50 --service gas --card card3 --reference A \(Self.keys)"
            #expect(try desk.done(load, Desk.passphrase)["repeated"] as? Bool == false)
            #expect(try desk.done(load, Desk.passphrase)["repeated"] as? Bool == true)
            try desk.done("host check \(Self.keys)", Desk.passphrase)
            #expect(try server.execute("SELECT count(*) FROM credit_transaction", in: addresses[0]).hasPrefix("1"))
            #expect(try server.execute("SELECT count(*) FROM credit_transaction", in: addresses[1]).hasPrefix("0"))
            // A contact gives its lease back.
            #expect(try server.execute("SELECT count(*) FROM shard_lease WHERE writer <> 0", in: addresses[0]) == "0\n")
            let folder = desk.vstore.home.appending(path: "copy").path
            let backup = try desk.vstore.run("host backup \(folder) \(Self.keys)", input: Desk.passphrase)
            #expect(backup.status != 0 && backup.errors.contains("pg_dump"))
            try "0 0-255 \(addresses[0])\n".write(to: file, atomically: true, encoding: .utf8)
            let other = try desk.vstore.run("host check \(Self.keys)", input: Desk.passphrase)
            #expect(other.status != 0 && other.errors.contains("one of several servers"))
            try "0 0-99 \(addresses[0])\n".write(to: file, atomically: true, encoding: .utf8)
            let invalid = try desk.vstore.run("host check \(Self.keys)", input: Desk.passphrase)
            #expect(invalid.status != 0 && invalid.errors.contains("shard 100 has no server"))
        }
    }
}
