import TestPrograms
import TestSupport
import Testing

/// The server of the records' database goes away between two commands, and in the middle of one.
@Suite("A database that is gone for a while") struct LostDatabaseTests {
    private func load(_ reference: String) -> String {
        "card load 50 --service gas --card card1 --reference \(reference) \(Desk.keys)"
    }

    private func withDatabase(_ body: (Desk, PostgreSQLServer) throws -> Void) throws {
        let server = try PostgreSQLServer()
        let address = try server.database()
        try Desk.with { desk in
            try desk.done("host check --database \(address) \(Desk.keys)", Desk.passphrase)
            try desk.prepareCard()
            try body(desk, server)
        }
    }

    @Test func `it is named, and the order is done once when it is back`() async throws {
        try await offPool {
            try withDatabase { desk, server in
                server.stop()
                for _ in 0..<2 {
                    let gone = try desk.vstore.run(load("A"), input: Desk.passphrase)
                    #expect(gone.status == 3 && gone.errors.contains("the database cannot be reached"), "\(gone)")
                    #expect(gone.errors.contains("Check the address and the server, and repeat"), "\(gone)")
                }
                #expect(try desk.balance() == "10.00")
                try server.start()
                for _ in 0..<2 { try desk.done(load("A"), Desk.passphrase) }
                try desk.expectBooks(stored: "60.00", balance: "60.00")
                try desk.done("host check \(Desk.keys)", Desk.passphrase)
            }
        }
    }
}
