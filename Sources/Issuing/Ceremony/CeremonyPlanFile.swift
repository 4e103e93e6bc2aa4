internal import ValueProtocol

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension CeremonyPlan {
    /// Parses a plan in JSON; check values, first PINs and rules are optional:
    ///
    ///     {"keys": [{"key": "ADMIN 1", "custodians": [1, 2], "checkValue": "015DB8"}],
    ///      "firstPINs": [1, 2],
    ///      "rules": {"first": "00A1B2C3-10-000001", "count": 100, "operations": ["PUT KEY", "BIND"]}}
    ///
    /// - Parameters:
    ///   - text: of the plan.
    ///   - name: of its file, for errors.
    /// - Throws: `CeremonyError` `.planMalformed` with the part that is not understood, `.planWrong`, `.noDualControl`,
    ///   `.sameCustodianTwice`.
    public init(json text: String, name: String) throws(CeremonyError) {
        let description: CeremonyDescription
        do {
            description = try JSONDecoder().decode(CeremonyDescription.self, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw CeremonyError(.planMalformed, "\(name), \(error.place)")
        } catch {
            throw CeremonyError(.planMalformed, name, cause: error)
        }
        self = try description.plan(name)
    }
}

/// A plan in its JSON structure.
private struct CeremonyDescription: Decodable {
    struct Key: Decodable {
        let key: String
        let custodians: [UInt8]
        let checkValue: String?
    }

    struct Rules: Decodable {
        let first: String
        let count: UInt16
        let operations: [String]?
    }

    let keys: [Key]
    let firstPINs: [UInt8]?
    let rules: Rules?

    func plan(_ name: String) throws(CeremonyError) -> CeremonyPlan {
        func parsed<Value>(_ value: Value?, _ what: String, _ form: String) throws(CeremonyError) -> Value {
            guard let value else { throw CeremonyError(.planMalformed, "\(name), \(what), which is not \(form)") }
            return value
        }
        func custodians(_ numbers: [UInt8]) throws(CeremonyError) -> [KeyCustodian] {
            try numbers.map { (number) throws(CeremonyError) in
                try parsed(KeyCustodian(rawValue: number), "custodian \(number)", "1 to 8")
            }
        }
        let keys = try keys.map { (key) throws(CeremonyError) in
            let checkValue = try key.checkValue.map { (digits) throws(CeremonyError) in
                try parsed(
                    KeyCheckValue(digits: digits), "check value \(digits)", "six hexadecimal digits such as 015DB8")
            }
            return CeremonyPlan.Key(
                try parsed(KeyName(words: key.key), "key \(key.key)", "a purpose and a version such as ADMIN 1"),
                custodians: try custodians(key.custodians),
                checkValue: checkValue)
        }
        let rules = try rules.map { (rules) throws(CeremonyError) in
            let operations = try rules.operations?.map { (word) throws(CeremonyError) in
                try parsed(OperationCode(inPlan: word), "operation \(word)", "an operation such as PUT KEY")
            }
            return IssuingRules(
                first: try parsed(
                    PartyID(rules.first), "first \(rules.first)", "an identifier such as 00A1B2C3-10-000001"),
                count: rules.count,
                operations: operations.map(Set.init) ?? IssuingRules.issuing)
        }
        return try CeremonyPlan(keys: keys, firstPINs: try custodians(firstPINs ?? []), rules: rules)
    }
}

extension CeremonyPlan {
    /// The keys of a new system: version 1 of each purpose and the transport key, each with one component per
    /// custodian.
    ///
    /// - Parameters:
    ///   - custodians: 2 to 8.
    ///   - firstPINs: whether they choose their first PINs, as on a new card.
    /// - Throws: `CeremonyError` `.noDualControl`.
    public static func standard(custodians: UInt8, firstPINs: Bool) throws(CeremonyError) -> CeremonyPlan {
        let people = Array(KeyCustodian.all.prefix(Int(custodians)))
        let names = [KeyName.transport] + Purpose.allCases.map { KeyName($0, 1) }
        return try CeremonyPlan(
            keys: names.map { Key($0, custodians: people) }, firstPINs: firstPINs ? people : [])
    }
}

extension KeyName {
    /// Parses purpose and version, such as `ADMIN 1`; nil for anything else.
    fileprivate init?(words text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2, let version = UInt8(words[1]),
            let purpose = Purpose(inPlan: words[0].uppercased())
        else { return nil }
        self.init(purpose, version)
    }
}

extension Purpose {
    /// Its word in a plan; stays, whatever its description is.
    fileprivate init?(inPlan word: String) {
        switch word {
        case "CREDIT": self = .credit
        case "TARIFF": self = .tariff
        case "USAGE": self = .usage
        case "ADMIN": self = .admin
        case "TRANSFER": self = .transfer
        default: return nil
        }
    }
}

extension OperationCode {
    /// Its words in a plan; they stay, whatever its description is.
    fileprivate init?(inPlan words: String) {
        switch words {
        case "STORE CREDIT": self = .storeCredit
        case "CONVERT TARIFF": self = .convertTariff
        case "READ USAGE": self = .readUsage
        case "STATUS": self = .status
        case "DEBIT": self = .debit
        case "PUT KEY": self = .putKey
        case "BIND": self = .bind
        case "SET STATE": self = .setState
        case "SET CLOCK": self = .setClock
        case "REFUND": self = .refund
        case "CONVERT RULES": self = .convertRules
        case "ADD DEBT": self = .addDebt
        case "REMIT DEBT": self = .remitDebt
        case "ACCOUNT": self = .account
        case "POST": self = .post
        case "FETCH": self = .fetch
        default: return nil
        }
    }
}

extension DecodingError {
    /// The field, and what is wrong with it.
    fileprivate var place: String {
        func path(_ keys: [any CodingKey]) -> String {
            keys.reduce("") { $0 + ($1.intValue.map { "[\($0)]" } ?? ($0.isEmpty ? "" : ".") + $1.stringValue) }
        }
        switch self {
        case .keyNotFound(let key, let context): return "\(path(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(path(context.codingPath)) has a value of another kind"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "\(path(context.codingPath)) has a value out of range"
        default: return "which is not JSON"
        }
    }
}

extension KeyCheckValue {
    /// Parses six hexadecimal digits; nil for anything else.
    init?(digits text: String) {
        guard text.utf8.count == 6, let value = UInt32(text, radix: 16) else { return nil }
        self.init(rawValue: value)
    }
}
