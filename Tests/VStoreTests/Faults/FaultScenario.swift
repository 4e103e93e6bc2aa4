import Foundation
import TestPrograms
import TestSupport
import Testing
import ValueProtocol

/// One command of a person's, the desk at which it is given, and what must be right once it is done.
///
/// The command is repeated after a fault, as its help says; so it must do once what it is for.
struct FaultScenario: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let line: String
    let input: String
    /// The file of the meter on the line, whose address ends the command; nil for none.
    let meter: String?
    /// What the command says where it was done already; nil where it is simply done.
    let doneBefore: String?
    /// Makes the desk of the moment before; done once.
    let prepare: @Sendable (Desk) throws -> Void
    /// Checks value and keys after the command was done.
    let check: @Sendable (Desk) throws -> Void

    init(
        _ name: String, _ line: String, input: String = Desk.passphrase, meter: String? = nil,
        doneBefore: String? = nil,
        prepare: @escaping @Sendable (Desk) throws -> Void, check: @escaping @Sendable (Desk) throws -> Void
    ) {
        testDescription = name
        self.line = line
        self.input = input
        self.meter = meter
        self.doneBefore = doneBefore
        self.prepare = prepare
        self.check = check
    }
}

extension Desk {
    static let keys = "--passphrase-file -"
    static let card = "00A1B2C3-10-000001"

    /// What a card shows of its gas purse, in units.
    func balance(of card: String = "card1") throws -> String? {
        let purses = try done("card info --card \(card)")["purses"] as? [[String: Any]]
        return purses?.first { $0["service"] as? String == "gas" }?["balance"] as? String
    }

    /// The books of a card's gas purse, after a contact with it.
    func books(of card: String = "card1", options: String = "") throws -> [String: Any] {
        let log = try done("card log --card \(card) \(options)\(Desk.keys)", Desk.passphrase)
        let books = log["books"] as? [[String: Any]]
        return try #require(books?.first { $0["service"] as? String == "gas" })
    }

    /// Expects what was stored, taken off and spent, in units, and that card and books agree.
    func expectBooks(
        of card: String = "card1", stored: String, refunded: String = "0.00", balance: String,
        _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let books = try books(of: card)
        let found = ["stored", "refunded"].map { books[$0] as? String }
        #expect(found == [stored, refunded], comment, sourceLocation: sourceLocation)
        #expect(books["sound"] as? Bool == true, comment, sourceLocation: sourceLocation)
        #expect(try self.balance(of: card) == balance, comment, sourceLocation: sourceLocation)
    }

    /// The keys that an element lists, which it proves where the command asks for it.
    func keys(of card: String) throws -> [String] {
        (try done("card rotate --card \(card) --yes \(Desk.keys)", Desk.passphrase)["keys"] as? [String] ?? []).sorted()
    }

    /// A PIN file for commands with the master-key card.
    func pinFile() throws -> String {
        let file = vstore.home.appending(path: "pin")
        try Desk.pin.write(to: file, atomically: false, encoding: .utf8)
        return "pin"
    }

    /// Sheets of a second ceremony, and its plan: ADMIN 2, CREDIT 2 and TRANSFER 2.
    func writeSecondSheets() throws {
        let keys = ["ADMIN 2", "CREDIT 2", "TRANSFER 2"]
        try JSONSerialization.data(withJSONObject: ["keys": keys.map { ["key": $0, "custodians": [1, 2]] }])
            .write(to: vstore.home.appending(path: "second.json"))
        let sheets = try (0..<(2 * keys.count)).map { _ in
            let made = try done("key component")
            return "\(made["component"] as? String ?? "")\n\(made["checkValue"] as? String ?? "")\n"
        }
        try (Desk.passphrase + sheets.joined())
            .write(to: vstore.home.appending(path: "second.answers"), atomically: false, encoding: .utf8)
    }

    static let secondCeremony = "key ceremony --to file --plan second.json --answers second.answers"

    /// A desk whose host holds newer keys than meter and card.
    func prepareRotation() throws {
        try makeMeter()
        try issue()
        try done("card load 10 --service gas --card card1 \(Desk.keys)", Desk.passphrase)
        try writeSecondSheets()
        // Its files are named as they are in the home folder.
        let held = try vstore.run(Desk.secondCeremony, in: vstore.home)
        guard held.status == 0 else {
            throw Unexpected(line: Desk.secondCeremony, status: held.status, errors: held.errors)
        }
    }
}
