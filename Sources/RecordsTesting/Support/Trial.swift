import Records
import ValueProtocol

/// One check under way: who takes part in it, and how it says what is wrong.
struct Trial: Sendable {
    let check: RecordConformance.Check
    let seed: UInt64
    let records: any RecordStoreUnderTest

    func opened() throws -> any RecordStore { try records.open() }

    /// Identifiers that do not follow one another, so that an order by time is not one by identifier.
    func card(_ number: UInt32) -> PartyID { party(.subscriberCard, number) }
    func meter(_ number: UInt32) -> PartyID { party(.electricMeter, number) }

    /// In checks of what one commit does with several elements, these are such that one commit may change them.
    private func party(_ kind: PartyKind, _ number: UInt32) -> PartyID {
        let first = spread(kind, number)
        guard [.balances, .commit, .numbers].contains(check) else { return first }
        let others = (0..<1_000).lazy.map { spread(kind, number + 1_024 * $0) }
        return others.first { records.mayShareCommit($0, spread(.subscriberCard, 0)) } ?? first
    }

    private func spread(_ kind: PartyKind, _ number: UInt32) -> PartyID {
        PartyID(
            issuer: UInt32(truncatingIfNeeded: seed), kind: kind,
            number: (number &* 0x9E_3779 &+ UInt32(truncatingIfNeeded: seed >> 32)) & 0xFF_FFFF)
    }

    func violation(_ detail: String) -> RecordConformance.Violation {
        RecordConformance.Violation(check: check, detail: detail)
    }

    func require(_ isRight: Bool, _ detail: @autoclosure () -> String) throws {
        if !isRight { throw violation(detail()) }
    }

    func equal<Value: Equatable>(_ found: Value, _ expected: Value, _ what: @autoclosure () -> String) throws {
        try require(found == expected, "\(what()): expected \(describe(expected)), found \(describe(found))")
    }

    private func describe<Value>(_ value: Value) -> String {
        var text = "\(value)"
        let optional = "Optional("
        if text.hasPrefix(optional) { text = String(text.dropFirst(optional.count).dropLast()) }
        return text.count <= 600 ? text : text.prefix(600) + " …"
    }

    /// Requires that a call throws a `HostError` of `code`.
    func fails(_ code: HostError.Code, _ what: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as HostError {
            try require(error.code == code, "\(what): expected the error “\(code)”, found “\(error)”")
            return
        }
        throw violation("\(what): expected the error “\(code)”, found none")
    }

    /// Requires that a call throws a `HostError` of `code` and changes nothing.
    func refuses(
        _ code: HostError.Code, _ what: String, in store: any RecordAccess, _ body: () throws -> Void
    ) throws {
        try leaves(store, what) { try fails(code, what, body) }
    }

    /// Requires that a call changes nothing.
    func leaves<Value>(_ store: any RecordAccess, _ what: String, _ body: () throws -> Value) throws -> Value {
        let before = try StoreImage(of: store)
        let value = try body()
        if let change = try StoreImage(of: store).difference(from: before) {
            throw violation("\(what) should change nothing, but \(change)")
        }
        return value
    }

    /// Requires that the records, opened again, are those of `store`.
    func keeps(_ store: any RecordAccess) throws {
        let again = try StoreImage(of: try opened())
        if let change = again.difference(from: try StoreImage(of: store)) {
            throw violation("opened again, the records are others: \(change)")
        }
    }
}

/// A time of the host's or a meter's clock.
func at(_ seconds: UInt32) -> Timestamp { Timestamp(rawValue: seconds) }

/// Micro-units.
func micro(_ amount: UInt64) -> Amount { Amount(rawValue: amount) }

let euro = Currency(rawValue: 978)
let franc = Currency(rawValue: 756)
