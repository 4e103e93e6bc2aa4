import CardCrypto
import Foundation
import HeadEnd
import Issuing
import ValueProtocol

/// A host's desk, made by commands of the program: keys, a master-key card `master`, a gas meter `gas`, blank cards.
struct Desk {
    let vstore: VStoreProgram
    static let passphrase = "correct horse battery\n"
    static let pin = "111111\n"
    static let gasMeter = "00A1B2C3-02-000078"

    private static let keyNames = ["ADMIN 0", "CREDIT 1", "TARIFF 1", "USAGE 1", "ADMIN 1", "TRANSFER 1"]

    /// Lends a desk with keys and `card1` to `card3` to `body`, new each time.
    static func with<Value>(_ body: (Desk) throws -> Value) throws -> Value {
        try VStoreProgram.withHome { vstore in
            for (path, content) in try files.get() {
                let file = vstore.home.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try content.write(to: file)
            }
            return try body(Desk(vstore: vstore))
        }
    }

    /// The files of such a desk, which is set up once, by a ceremony with two custodians whose sheets are the same for
    /// host and master-key card.
    private static let files = Result {
        try VStoreProgram.withHome { vstore in
            let desk = Desk(vstore: vstore)
            try desk.makeKeys()
            try desk.sealKeysCheaply()
            for number in 1...3 {
                try desk.done(
                    "card blank --file card\(number) --id 00A1B2C3-10-00000\(number) --passphrase-file -", passphrase)
            }
            var files: [String: Data] = [:]
            for path in try FileManager.default.subpathsOfDirectory(atPath: vstore.home.path) {
                let file = vstore.home.appending(path: path)
                let isFile = try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile
                if isFile == true { files[path] = try Data(contentsOf: file) }
            }
            return files
        }
    }

    /// Makes a gas meter and issues it.
    func makeMeter() throws {
        try done("meter new --meter gas --id \(Desk.gasMeter) --price 0.90 --passphrase-file -", Desk.passphrase)
        try done("card issue --card gas --purse gas:EUR:500 --yes --passphrase-file -", Desk.passphrase)
    }

    /// Issues a card with a gas purse bound to the meter.
    func issue(_ card: String = "card1") throws {
        try done(
            "card issue --card \(card) --purse gas:EUR:200:\(Desk.gasMeter) --yes --passphrase-file -", Desk.passphrase)
    }

    /// Begins an issue in the journal, as one that was interrupted.
    func beginIssue(of eid: PartyID) throws {
        var bytes = Array(Desk.passphrase.utf8.dropLast())
        let keys = try HostFolder(vstore.home.path).keyFile.open(passphrase: Secret(taking: &bytes)).keys()
        let plan = try IssuePlan(
            eid: eid, held: keys.map { KeyDescriptor($0.name, $0.checkValue) }, purses: [])
        try FileJournal(path: vstore.home.path + "/issue.journal").append(
            JournalEntry(eid, .begun(plan), at: Timestamp(rawValue: 1)))
    }

    /// Runs a command that has to succeed, and returns its JSON.
    @discardableResult
    func done(_ line: String, _ input: String = "") throws -> [String: Any] {
        let outcome = try vstore.run("\(line) --json", input: input)
        guard outcome.status == 0 else { throw Unexpected(line: line, status: outcome.status, errors: outcome.errors) }
        return try outcome.object()
    }

    struct Unexpected: Error {
        let line: String
        let status: Int32
        let errors: String
    }

    /// Seals the host's keys again so that opening them takes no noticeable time: hundreds of commands do.
    private func sealKeysCheaply() throws {
        var bytes = Array(Desk.passphrase.utf8.dropLast())
        let passphrase = Secret(taking: &bytes)
        let file = HostFolder(vstore.home.path).keyFile
        guard let cost = ScryptCost(logN: 4, r: 8, p: 1) else { preconditionFailure("a cost in its ranges") }
        try file.replace(with: file.open(passphrase: passphrase), passphrase: passphrase, cost: cost)
    }

    private func makeKeys() throws {
        let components = try (0..<(2 * Desk.keyNames.count)).map { _ in
            let made = try done("key component")
            return "\(made["component"] as? String ?? "")\n\(made["checkValue"] as? String ?? "")\n"
        }
        try done(
            "key ceremony --to file --host 00A1B2C3-30-000001 --answers -", Desk.passphrase + components.joined())
        try done("card blank --file master --id 00A1B2C3-20-000001 --master")
        let plan = vstore.home.appending(path: "plan.json")
        let rules: [String: Any] = [
            "first": "00A1B2C3-10-000001", "count": 10,
            "operations": ["PUT KEY", "BIND", "SET STATE", "STATUS", "STORE CREDIT"],
        ]
        let keys = Desk.keyNames.map { ["key": $0, "custodians": [1, 2]] as [String: Any] }
        try JSONSerialization.data(withJSONObject: ["keys": keys, "firstPINs": [1, 2], "rules": rules]).write(to: plan)
        let entries = components.enumerated().map { ($0.offset % 2 == 0 ? "111111\n" : "222222\n") + $0.element }
        try done(
            "key ceremony --card master --plan \(plan.path) --answers -", "111111\n222222\n" + entries.joined())
    }
}
