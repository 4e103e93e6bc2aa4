import Foundation
import Testing

/// Commands with meters.
extension FaultScenario {
    /// A gas meter on a line, with 10.00 in it.
    private static func onLine(
        _ name: String, _ line: String, check: @escaping @Sendable (Desk) throws -> Void
    ) -> FaultScenario {
        FaultScenario(name, "\(line) \(Desk.keys)", meter: "gas") { desk in
            try desk.makeMeter()
            try desk.done("card load 10 --service gas --card gas \(Desk.keys)", Desk.passphrase)
        } check: { desk in
            try check(desk)
        }
    }

    static let onLine: [FaultScenario] = [
        onLine("credit by line", "host credit 50 --reference A") {
            try $0.expectBooks(of: "gas", stored: "60.00", balance: "60.00")
        },
        onLine("refund by line", "host refund 4 --reference B") {
            try $0.expectBooks(of: "gas", stored: "10.00", refunded: "4.00", balance: "6.00")
        },
        onLine("tariff", "host tariff --id 7 --price 0.80 --currency EUR --reference T") { desk in
            let reading = try desk.done("meter show --meter gas")
            #expect(reading["price"] as? String == "0.80", "\(reading)")
            try desk.expectBooks(of: "gas", stored: "10.00", balance: "10.00")
        },
        onLine("clock", "host clock") { desk in
            try desk.expectBooks(of: "gas", stored: "10.00", balance: "10.00")
        },
        onLine("usage", "host usage") { desk in
            try desk.expectBooks(of: "gas", stored: "10.00", balance: "10.00")
        },
    ]

    /// An electric meter that runs, with a card in its slot.
    static let electric: [FaultScenario] = [
        FaultScenario(
            "meter run", "meter run --meter home --card card1 --orders orders --speed max --for 1d --json", input: ""
        ) { desk in
            try desk.done(
                "meter new --meter home --id 00A1B2C3-01-000077 --price 0.30 --token 0.20 \(Desk.keys)", Desk.passphrase
            )
            try desk.done("card issue --card home --purse electricity:EUR:500 --yes \(Desk.keys)", Desk.passphrase)
            try desk.done(
                "card issue --card card1 --purse electricity:EUR:200:00A1B2C3-01-000077 --yes \(Desk.keys)",
                Desk.passphrase)
            try desk.done("card load 25 --card card1 --service electricity \(Desk.keys)", Desk.passphrase)
            try desk.done("meter run --meter home --orders - --speed max --from 2026-01-05T00:00Z --for 1d", "quit\n")
            try "card in\nredeem 5\nload 1000\nwait 3h\nredeem 5\nwait 1h\nquit\n".write(
                to: desk.vstore.home.appending(path: "orders"), atomically: false, encoding: .utf8)
        } check: { desk in
            // Value, what was used, and what a cut took of a token, in all 25.00.
            let reading = try desk.done("meter show --meter home")
            let amounts = try ["value", "spent", "forfeited", "debt"].map { try micro(reading[$0]) }
            let card = try desk.done("card info --card card1")["purses"] as? [[String: Any]]
            let left = try micro(card?.first?["balance"])
            #expect(amounts[0] + amounts[1] + amounts[2] - amounts[3] + left == 25_000_000, "\(reading), \(left)")
            #expect(amounts[2] <= 2 * 200_000, "\(reading)")
        }
    ]

    private static func micro(_ text: Any?) throws -> Int {
        let units = try #require((text as? String).flatMap(Double.init))
        return Int((units * 1_000_000).rounded())
    }
}
