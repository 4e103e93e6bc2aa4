import Foundation
import TestPrograms
import Testing
import ValueProtocol

/// Keys, cards and value, by commands only.
@Suite("Desk") struct DeskTests {
    private func purse(_ face: [String: Any], _ service: String = "gas") -> [String: Any] {
        (face["purses"] as? [[String: Any]])?.first { $0["service"] as? String == service } ?? [:]
    }

    @Test func `file and card hold the same keys of the same sheets`() throws {
        try Desk.with { desk in
            let host = try desk.done("key list --passphrase-file -", Desk.passphrase)
            let card = try desk.done("key list --card master")
            let keys = host["keys"] as? [[String: String]]
            #expect(keys?.count == 6)
            #expect(keys == card["keys"] as? [[String: String]])
            #expect(card["pid"] as? String == "00A1B2C3-20-000001")
        }
    }

    @Test func `value goes from host to card to meter`() throws {
        try Desk.with { desk in
            try desk.makeMeter()
            try desk.issue()
            let load = "card load 50 --service gas --card card1 --reference A --passphrase-file -"
            let loaded = try desk.done(load, Desk.passphrase)
            let first = loaded["transaction"] as? [String: Any]
            #expect(first?["balance"] as? String == "50.00")
            #expect(loaded["repeated"] as? Bool == false)
            // The same order is done once, and says so.
            let repeated = try desk.done(load, Desk.passphrase)
            let again = repeated["transaction"] as? [String: Any]
            #expect(try #require(again?["htxn"] as? Int) == first?["htxn"] as? Int)
            #expect(repeated["repeated"] as? Bool == true)
            let text = try desk.vstore.run(load, input: Desk.passphrase).output
            let said = try Regex("(?m)^done before, on \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ; nothing loaded now$")
            #expect(text.contains(said), "\(text)")
            let drawn = try desk.done("card redeem --card card1 --meter gas 20")
            #expect(drawn["drawn"] as? String == "20.00")
            #expect(drawn["cardBalance"] as? String == "30.00")
            try desk.done("card refund 5 --service gas --card card1 --passphrase-file -", Desk.passphrase)
            let log = try desk.done("card log --card card1 --passphrase-file -", Desk.passphrase)
            let books = (log["books"] as? [[String: Any]])?.first
            #expect(books?["stored"] as? String == "50.00")
            #expect(books?["refunded"] as? String == "5.00")
            #expect(books?["spent"] as? String == "20.00")
            #expect(books?["sound"] as? Bool == true)
            let status = (log["meterStatus"] as? [[String: Any]])?.first
            #expect(status?["meter"] as? String == Desk.gasMeter)
            #expect(status?["counter"] as? Int == 0)
            // The next status tells what became of the debits before it.
            try desk.done("card redeem --card card1 --meter gas 1")
            let next = try desk.done("card log --card card1 --passphrase-file -", Desk.passphrase)
            let told = (next["meterStatus"] as? [[String: Any]])?.first
            let credited = (told?["credited"] as? [[String: Any]])?.first
            #expect(credited?["total"] as? String == "20.00" && told?["tariff"] as? Int == 0)
            // Bound to another meter, the card tells which debit the first may not have credited.
            let other = "00A1B2C3-02-010079"
            let bound = try desk.done(
                "card bind gas:EUR:200:\(other) --card card1 --yes --passphrase-file -", Desk.passphrase)
            let left = bound["left"] as? [String: Any]
            #expect(left?["meter"] as? String == Desk.gasMeter && left?["amount"] as? String == "1.00")
        }
    }

    @Test func `a master-key card issues within its rules and once`() throws {
        try Desk.with { desk in
            let pin = desk.vstore.home.appending(path: "pin").path
            try Desk.pin.write(toFile: pin, atomically: true, encoding: .utf8)
            let command =
                "card issue --card card1 --master master --pin-file \(pin) --purse gas:EUR:200:\(Desk.gasMeter)"
            let issued = try desk.done("\(command) --yes --passphrase-file -", Desk.passphrase)
            #expect(issued["resumed"] as? Bool == false)
            #expect((issued["keys"] as? [Any])?.count == 3)
            let face = try desk.done("card info --card card1")
            #expect(face["state"] as? String == "issued")
            #expect(purse(face)["meter"] as? String == Desk.gasMeter)
            // Word for word again it is the same order; with another purse it is another, which is refused.
            let same = try desk.done("\(command) --yes --passphrase-file -", Desk.passphrase)
            #expect(same["repeated"] as? Bool == true && same["keys"] as? [[String: Any]] != nil)
            let other = command.replacing("gas:EUR:200", with: "gas:EUR:201")
            let again = try desk.vstore.run("\(other) --yes --passphrase-file -", input: Desk.passphrase)
            #expect(again.status == 1)
            #expect(again.errors.contains("it was issued before"))
        }
    }

    @Test func `an unfinished issue is cancelled once that is confirmed`() throws {
        try Desk.with { desk in
            try desk.beginIssue(of: PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: 1))
            let abandon = "card issue --card card1 --abandon --passphrase-file -"
            let asked = try desk.vstore.run(abandon, input: Desk.passphrase)
            #expect(asked.status == 64 && asked.errors.contains("--yes"), "\(asked)")
            #expect(try desk.done("\(abandon) --yes", Desk.passphrase)["abandoned"] as? Bool == true)
            let none = try desk.vstore.run("\(abandon) --yes", input: Desk.passphrase)
            #expect(none.status == 1 && none.output.isEmpty, "\(none)")
        }
    }

    @Test func `nothing is written without a yes`() throws {
        try Desk.with { desk in
            let outcome = try desk.vstore.run(
                "card issue --card card1 --purse gas:EUR:200:\(Desk.gasMeter) --passphrase-file -",
                input: Desk.passphrase)
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("key ADMIN 1 ("))
            #expect(outcome.errors.contains("--yes"))
            #expect(try desk.done("card info --card card1")["state"] as? String == "blank")
        }
    }

    @Test func `the float is all that a desk can sell`() throws {
        try Desk.with { desk in
            try desk.issue()
            let pin = desk.vstore.home.appending(path: "pin").path
            try Desk.pin.write(toFile: pin, atomically: true, encoding: .utf8)
            let sell = "card load 30 --service gas --card card1 --master master --pin-file \(pin) --passphrase-file -"
            #expect(try desk.vstore.run(sell, input: Desk.passphrase).status == 1)
            try desk.done("card bind float:EUR:1000 --card master --passphrase-file -", Desk.passphrase)
            try desk.done("card load 50 --service float --card master --passphrase-file -", Desk.passphrase)
            try desk.done(sell, Desk.passphrase)
            #expect(try desk.vstore.run(sell, input: Desk.passphrase).status == 1)
            #expect(purse(try desk.done("card info --card master"), "float")["balance"] as? String == "20.00")
            #expect(purse(try desk.done("card info --card card1"))["balance"] as? String == "30.00")
        }
    }

    @Test func `a lost card is replaced with its value`() throws {
        try Desk.with { desk in
            try desk.issue()
            try desk.done("card load 50 --service gas --card card1 --passphrase-file -", Desk.passphrase)
            let replace = "card replace 00A1B2C3-10-000001 --card card2 --yes --passphrase-file -"
            let early = try desk.vstore.run(replace, input: Desk.passphrase)
            #expect(early.status == 1)
            #expect(early.errors.contains("Report it lost first"))
            try desk.done("card block 00A1B2C3-10-000001 --passphrase-file -", Desk.passphrase)
            try desk.done(replace, Desk.passphrase)
            // Repeated: nothing is done twice.
            try desk.done(replace, Desk.passphrase)
            let face = try desk.done("card info --card card2")
            #expect(purse(face)["balance"] as? String == "50.00")
            #expect(purse(face)["meter"] as? String == Desk.gasMeter)
            let refused = try desk.vstore.run(
                "card load 1 --service gas --card card1 --passphrase-file -", input: Desk.passphrase)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("replaced by 00A1B2C3-10-000002"))
            let old = try desk.done("card log 00A1B2C3-10-000001 --passphrase-file -", Desk.passphrase)
            #expect(old["standing"] as? String == "replaced")
            #expect(old["replacement"] as? String == "00A1B2C3-10-000002")
            let new = try desk.done("card log 00A1B2C3-10-000002 --passphrase-file -", Desk.passphrase)
            #expect(new["standing"] as? String == "in-use" && new["replacement"] == nil)
        }
    }

    /// The value of a replaced card is on another: it is never used again, and is blocked where it turns up.
    @Test func `a card that was replaced is blocked and stays so`() throws {
        try Desk.with { desk in
            try desk.issue()
            try desk.done("card load 50 --service gas --card card1 --passphrase-file -", Desk.passphrase)
            try desk.done("card block 00A1B2C3-10-000001 --passphrase-file -", Desk.passphrase)
            try desk.done(
                "card replace 00A1B2C3-10-000001 --card card2 --yes --passphrase-file -", Desk.passphrase)
            #expect(try desk.done("card info --card card1")["state"] as? String == "issued")
            try desk.done("card block --card card1 --passphrase-file -", Desk.passphrase)
            #expect(try desk.done("card info --card card1")["state"] as? String == "blocked")
            let unblock = try desk.vstore.run(
                "card block --unblock --card card1 --passphrase-file -", input: Desk.passphrase)
            #expect(unblock.status == 1 && unblock.errors.contains("replaced by 00A1B2C3-10-000002"))
            #expect(try desk.done("card info --card card1")["state"] as? String == "blocked")
        }
    }

    @Test func `a blocked card is not loaded until it is in use again`() throws {
        try Desk.with { desk in
            try desk.issue()
            try desk.done("card block --card card1 --passphrase-file -", Desk.passphrase)
            #expect(try desk.done("card info --card card1")["state"] as? String == "blocked")
            let load = "card load 1 --service gas --card card1 --passphrase-file -"
            #expect(try desk.vstore.run(load, input: Desk.passphrase).status == 1)
            try desk.done("card block --unblock --card card1 --passphrase-file -", Desk.passphrase)
            try desk.done(load, Desk.passphrase)
        }
    }

    /// Its currency is looked up by the identifier that this SELECT answered.
    @Test(arguments: ["load 5", "refund 1"]) func `a card is selected once`(order: String) throws {
        try Desk.with { desk in
            try desk.issue()
            try desk.done("card load 5 --service gas --card card1 --passphrase-file -", Desk.passphrase)
            let outcome = try desk.vstore.run(
                "card \(order) --service gas --card card1 --trace --passphrase-file -", input: Desk.passphrase)
            let sent = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("> ") }
            #expect(outcome.status == 0 && sent.filter { $0.hasPrefix("> 00 A4") }.count == 1, "\(outcome)")
        }
    }

    @Test func `a card is bound to another meter and keeps its balance`() throws {
        try Desk.with { desk in
            try desk.issue()
            try desk.done("card load 7 --service gas --card card1 --passphrase-file -", Desk.passphrase)
            let bind = "card bind gas:EUR:300:00A1B2C3-02-000099 --card card1 --passphrase-file -"
            // Asks first, since the previous meter may still have an amount to credit.
            let asked = try desk.vstore.run(bind, input: Desk.passphrase)
            #expect(asked.status == 64 && asked.errors.contains("bound to \(Desk.gasMeter)"))
            try desk.done("\(bind) --yes", Desk.passphrase)
            let bound = purse(try desk.done("card info --card card1"))
            #expect(bound["meter"] as? String == "00A1B2C3-02-000099")
            #expect(bound["limit"] as? String == "300.00")
            #expect(bound["balance"] as? String == "7.00")
        }
    }

    /// New keys for a meter and its card in the field; the old ones are erased, and value still moves.
    @Test func `keys in the field are rotated`() throws {
        try Desk.with { desk in
            try desk.makeMeter()
            try desk.issue()
            try desk.done("card load 10 --service gas --card card1 --passphrase-file -", Desk.passphrase)
            let none = try desk.done("card rotate --card card1 --passphrase-file -", Desk.passphrase)
            #expect((none["keys"] as? [String])?.sorted() == ["ADMIN 1", "CREDIT 1", "USAGE 1"])
            let plan = desk.vstore.home.appending(path: "second.json")
            let keys = ["ADMIN 2", "CREDIT 2", "TRANSFER 2"]
            try JSONSerialization.data(withJSONObject: ["keys": keys.map { ["key": $0, "custodians": [1, 2]] }])
                .write(to: plan)
            let sheets = try (0..<(2 * keys.count)).map { _ in
                let made = try desk.done("key component")
                return "\(made["component"] as? String ?? "")\n\(made["checkValue"] as? String ?? "")\n"
            }
            try desk.done(
                "key ceremony --to file --plan \(plan.path) --answers -", Desk.passphrase + sheets.joined())
            try desk.done("card rotate --card gas --yes --passphrase-file -", Desk.passphrase)
            let rotated = try desk.done("card rotate --card card1 --yes --passphrase-file -", Desk.passphrase)
            #expect((rotated["keys"] as? [String])?.sorted() == ["ADMIN 2", "CREDIT 2", "USAGE 1"])
            try desk.done("card load 5 --service gas --card card1 --passphrase-file -", Desk.passphrase)
            try desk.done("card redeem 12 --card card1 --meter gas")
            #expect(purse(try desk.done("card info --card card1"))["balance"] as? String == "3.00")
        }
    }

    @Test func `a batch is resumed by its results`() throws {
        try Desk.with { desk in
            let home = desk.vstore.home
            let order = home.appending(path: "order.csv")
            let text =
                "eid,purses,currency,limit\nnext,gas,EUR,100\n00A1B2C3-10-000002,gas water,EUR,100 50\nnext,gas,EUR,100\n"
            try text.write(to: order, atomically: true, encoding: .utf8)
            let tray = home.appending(path: "cards/tray")
            try FileManager.default.createDirectory(at: tray, withIntermediateDirectories: true)
            func put(_ name: String) throws {
                try FileManager.default.moveItem(
                    at: home.appending(path: "cards/\(name)"), to: tray.appending(path: name))
            }
            try put("card1")
            try put("card2")
            let results = home.appending(path: "results.csv").path
            let batch =
                "card issue --batch \(order.path) --results \(results) --card tray --yes --passphrase-file -"
            let first = try desk.vstore.run(batch, input: Desk.passphrase)
            #expect(first.status == 3)
            #expect(first.output.contains("2 of 3 are issued"))
            // No bar without a terminal.
            #expect(!first.errors.contains("["))
            try put("card3")
            let second = try desk.vstore.run(batch, input: Desk.passphrase)
            #expect(second.status == 0)
            #expect(second.output.contains("3 of 3 are issued"))
            let issued = try String(contentsOfFile: results, encoding: .utf8).split(separator: "\n")
                .filter { $0.contains(",issued,") }
            #expect(issued.count == 3)
        }
    }

    /// Its transport key is not derived from the host's.
    @Test func `a card that a batch cannot issue is reported with its error`() throws {
        try Desk.with { desk in
            try desk.done(
                "card blank --file odd --id 00A1B2C3-10-000004 --transport-key-file -",
                "00112233445566778899AABBCCDDEEFF\n")
            let order = desk.vstore.home.appending(path: "order.csv")
            try Data("eid,purses,currency,limit\nnext,gas,EUR,100\n".utf8).write(to: order)
            let batch = "card issue --batch order.csv --results results.csv --card odd --yes --passphrase-file -"
            let json = try desk.vstore.run("\(batch) --json", input: Desk.passphrase, in: desk.vstore.home)
            let line = try #require(json.output.split(separator: "\n").first, "\(json)")
            let report = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(report?["outcome"] as? String == "failed")
            #expect((report?["error"] as? [String: Any])?["error"] as? String == "IssueError", "\(json)")
            let plain = try desk.vstore.run(batch, input: Desk.passphrase, in: desk.vstore.home)
            #expect(plain.output.contains("FAILED: ") && plain.output.contains("nothing is done twice."), "\(plain)")
        }
    }

    @Test func `secrets never come out`() throws {
        try Desk.with { desk in
            let pin = desk.vstore.home.appending(path: "pin").path
            try Desk.pin.write(toFile: pin, atomically: true, encoding: .utf8)
            let outcome = try desk.vstore.run(
                "card issue --card card1 --master master --pin-file \(pin) --purse gas:EUR:1 --yes --trace --passphrase-file -",
                input: Desk.passphrase)
            #expect(outcome.status == 0)
            // The PIN's digits as they are sent.
            #expect(outcome.errors.contains("VERIFY"))
            #expect(!outcome.errors.replacing(" ", with: "").contains("313131313131"))
            #expect(!(outcome.errors + outcome.output).contains("correct horse"))
        }
    }

    /// Without a terminal, which `setsid` takes away.
    @Test(arguments: [
        ("key list", "--passphrase-file"), ("key ceremony --to file", "--answers"),
        ("card issue --card card1 --master master --purse gas:EUR:1 --yes --passphrase-file passphrase", "--pin-file"),
        ("apdu script secret.apdu --card card1", "--secrets"),
        ("reader memory verify-psc --emulated", "--psc-file"),
    ])
    func `where nobody can be asked the option of the command is named`(line: String, option: String) throws {
        try Desk.with { desk in
            for (name, text) in [("secret.apdu", "#: secret pin\n"), ("passphrase", Desk.passphrase)] {
                try Data(text.utf8).write(to: desk.vstore.home.appending(path: name))
            }
            let outcome = try Program(
                "/usr/bin/setsid", ["--wait", BuiltProgram.vstore.path] + line.split(separator: " ").map(String.init),
                environment: .only(["VSTORE_HOME": desk.vstore.home.path]), in: desk.vstore.home
            ).runBlocking()
            #expect(outcome.status == 64, "\(outcome)")
            let error = outcome.errors.split(separator: "\n").last ?? ""
            #expect(error.hasSuffix("Give it in a file with \(option)."), "\(outcome)")
        }
    }

    @Test func `wrong secrets are refused in words`() throws {
        try Desk.with { desk in
            let passphrase = try desk.vstore.run("key list --passphrase-file -", input: "wrong\n")
            #expect(passphrase.status == 1)
            #expect(passphrase.errors.contains("The passphrase is wrong"))
            let wrong = desk.vstore.home.appending(path: "wrong").path
            try "999999\n".write(toFile: wrong, atomically: true, encoding: .utf8)
            let pin = try desk.vstore.run(
                "card issue --card card1 --master master --pin-file \(wrong) --purse gas:EUR:1 --yes --passphrase-file -",
                input: Desk.passphrase)
            #expect(pin.status == 1)
            #expect(pin.errors.contains("2 tries are left"))
            #expect(try desk.done("card info --card card1")["state"] as? String == "blank")
        }
    }
}
