import Foundation
import Testing

/// Commands with cards.
extension FaultScenario {
    static var all: [FaultScenario] { cards + masterKeyCard + files + onLine + electric }

    static let cards: [FaultScenario] = [
        FaultScenario("load", "card load 50 --service gas --card card1 --reference A \(Desk.keys)") { desk in
            try desk.prepareCard()
        } check: { desk in
            try desk.expectBooks(stored: "60.00", balance: "60.00")
        },
        FaultScenario("refund", "card refund 4 --service gas --card card1 --reference B \(Desk.keys)") { desk in
            try desk.prepareCard()
        } check: { desk in
            try desk.expectBooks(stored: "10.00", refunded: "4.00", balance: "6.00")
        },
        FaultScenario(
            "issue", "card issue --card card1 --purse gas:EUR:200:\(Desk.gasMeter) --yes \(Desk.keys)",
            doneBefore: "it was issued before"
        ) { _ in
        } check: { desk in
            #expect(try desk.keys(of: "card1") == ["ADMIN 1", "CREDIT 1", "USAGE 1"])
            try desk.done("card load 10 --service gas --card card1 \(Desk.keys)", Desk.passphrase)
            try desk.expectBooks(stored: "10.00", balance: "10.00")
        },
        FaultScenario("block", "card block --card card1 \(Desk.keys)") { desk in
            try desk.prepareCard()
        } check: { desk in
            #expect(try desk.done("card info --card card1")["state"] as? String == "blocked")
            let refused = try desk.vstore.run(
                "card load 1 --service gas --card card1 \(Desk.keys)", input: Desk.passphrase)
            #expect(refused.status == 1, "\(refused)")
            try desk.done("card block --unblock --card card1 \(Desk.keys)", Desk.passphrase)
            try desk.done("card load 1 --service gas --card card1 \(Desk.keys)", Desk.passphrase)
            try desk.expectBooks(stored: "11.00", balance: "11.00")
        },
        FaultScenario("report lost", "card block \(Desk.card) \(Desk.keys)") { desk in
            try desk.prepareCard()
        } check: { desk in
            let refused = try desk.vstore.run(
                "card load 1 --service gas --card card1 \(Desk.keys)", input: Desk.passphrase)
            #expect(refused.status == 1, "\(refused)")
        },
        FaultScenario("replace", "card replace \(Desk.card) --card card2 --yes \(Desk.keys)") { desk in
            try desk.prepareCard()
            try desk.done("card block --card card1 \(Desk.keys)", Desk.passphrase)
        } check: { desk in
            #expect(try desk.keys(of: "card2") == ["ADMIN 1", "CREDIT 1", "USAGE 1"])
            try desk.expectBooks(of: "card2", stored: "10.00", balance: "10.00")
            let old = try desk.done("card log \(Desk.card) \(Desk.keys)", Desk.passphrase)
            #expect(old["standing"] as? String == "replaced")
        },
        FaultScenario("rotate a meter", "card rotate --card gas --yes \(Desk.keys)") { desk in
            try desk.prepareRotation()
        } check: { desk in
            #expect(try desk.keys(of: "gas").contains("ADMIN 2"))
            #expect(try desk.keys(of: "card1") == ["ADMIN 2", "CREDIT 2", "USAGE 1"])
            try desk.done("card redeem 10 --card card1 --meter gas")
            try desk.expectBooks(stored: "10.00", balance: "0.00")
        },
        FaultScenario("rotate a card", "card rotate --card card1 --yes \(Desk.keys)") { desk in
            try desk.prepareRotation()
            try desk.done("card rotate --card gas --yes \(Desk.keys)", Desk.passphrase)
        } check: { desk in
            #expect(try desk.keys(of: "card1") == ["ADMIN 2", "CREDIT 2", "USAGE 1"])
            try desk.done("card redeem 10 --card card1 --meter gas")
            try desk.done("card load 5 --service gas --card card1 \(Desk.keys)", Desk.passphrase)
            try desk.expectBooks(stored: "15.00", balance: "5.00")
        },
        FaultScenario("bind", "card bind gas:EUR:300:00A1B2C3-02-000099 --card card1 --yes \(Desk.keys)") { desk in
            try desk.prepareCard()
        } check: { desk in
            try desk.expectBooks(stored: "10.00", balance: "10.00")
            let purses = try desk.done("card info --card card1")["purses"] as? [[String: Any]]
            #expect(purses?.first?["meter"] as? String == "00A1B2C3-02-000099")
            #expect(purses?.first?["limit"] as? String == "300.00")
        },
        FaultScenario("redeem", "card redeem 7 --card card1 --meter gas", input: "") { desk in
            try desk.makeMeter()
            try desk.prepareCard()
            try desk.done("card redeem 1 --card card1 --meter gas")
        } check: { desk in
            // What was interrupted is credited first; the repetition is an order of its own.
            let meter = try #require(try desk.done("meter show --meter gas")["balance"] as? String)
            let card = try #require(try desk.balance())
            #expect(["8.00": "2.00", "10.00": "0.00"][meter] == card, "meter \(meter), card \(card)")
            try desk.expectBooks(stored: "10.00", balance: card)
        },
    ]

    /// Commands with the master-key card, whose float pays.
    static let masterKeyCard: [FaultScenario] = [
        FaultScenario(
            "issue by a master-key card",
            "card issue --card card1 --master master --pin-file pin --purse gas:EUR:200:\(Desk.gasMeter) --yes \(Desk.keys)",
            doneBefore: "it was issued before"
        ) { desk in
            _ = try desk.pinFile()
        } check: { desk in
            #expect(try desk.keys(of: "card1") == ["ADMIN 1", "CREDIT 1", "USAGE 1"])
            try desk.done("card load 10 --service gas --card card1 \(Desk.keys)", Desk.passphrase)
            try desk.expectBooks(stored: "10.00", balance: "10.00")
        },
        FaultScenario(
            "load from a float",
            "card load 30 --service gas --card card1 --master master --pin-file pin --reference F \(Desk.keys)"
        ) { desk in
            _ = try desk.pinFile()
            try desk.issue()
            try desk.done("card bind float:EUR:1000 --card master \(Desk.keys)", Desk.passphrase)
            try desk.done("card load 50 --service float --card master \(Desk.keys)", Desk.passphrase)
        } check: { desk in
            try desk.expectBooks(stored: "30.00", balance: "30.00")
            let purses = try desk.done("card info --card master")["purses"] as? [[String: Any]]
            let float = purses?.first { $0["service"] as? String == "float" }
            #expect(float?["balance"] as? String == "20.00")
        },
        FaultScenario("fill a float", "card load 50 --service float --card master --reference G \(Desk.keys)") { desk in
            try desk.done("card bind float:EUR:1000 --card master \(Desk.keys)", Desk.passphrase)
        } check: { desk in
            let purses = try desk.done("card info --card master")["purses"] as? [[String: Any]]
            let float = purses?.first { $0["service"] as? String == "float" }
            #expect(float?["balance"] as? String == "50.00")
        },
    ]

    /// What makes files and keys.
    static let files: [FaultScenario] = [
        FaultScenario("ceremony", Desk.secondCeremony, input: "", doneBefore: "is held already") { desk in
            try desk.makeMeter()
            try desk.prepareCard()
            try desk.writeSecondSheets()
        } check: { desk in
            #expect(try desk.keys(of: "card1") == ["ADMIN 2", "CREDIT 2", "USAGE 1"])
            try desk.expectBooks(stored: "10.00", balance: "10.00")
        },
        FaultScenario(
            "first records", "card load 10 --service gas --currency EUR --card card1 --reference A \(Desk.keys)"
        ) {
            desk in
            try desk.issue()
            for name in try FileManager.default.contentsOfDirectory(atPath: desk.vstore.home.path)
            where name.hasPrefix("host.sqlite") || name == "records.mark" {
                try FileManager.default.removeItem(at: desk.vstore.home.appending(path: name))
            }
        } check: { desk in
            try desk.expectBooks(stored: "10.00", balance: "10.00")
        },
    ]
}

extension Desk {
    /// An issued card with 10.00 on it.
    func prepareCard() throws {
        try issue()
        try done("card load 10 --service gas --card card1 \(Desk.keys)", Desk.passphrase)
    }
}
