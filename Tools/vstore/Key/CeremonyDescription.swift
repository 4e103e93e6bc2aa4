import Issuing
import ValueProtocol

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A ceremony's plan in a JSON file:
///
///     {"keys": [{"key": "ADMIN 0", "custodians": [1, 2], "checkValue": "015DB8"}, …],
///      "firstPINs": [1, 2],
///      "rules": {"first": "00A1B2C3-10-000001", "count": 100, "operations": ["PUT KEY", "BIND"]}}
///
/// Check values, first PINs and rules may be left out.
struct CeremonyDescription: Decodable {
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

    /// Reads a plan.
    ///
    /// - Throws: `Failure`, `CeremonyError`.
    static func plan(_ path: String) throws -> CeremonyPlan {
        let text = try TextFile.read(path)
        let description: CeremonyDescription
        do {
            description = try JSONDecoder().decode(CeremonyDescription.self, from: Data(text.utf8))
        } catch {
            throw Failure(.file, "\(path): is no plan of a ceremony. See vstore help key ceremony for its form.")
        }
        return try description.plan(path)
    }

    private func plan(_ path: String) throws -> CeremonyPlan {
        func wrong(_ what: String, _ remedy: String) -> Failure {
            Failure(.file, "\(path): \(what) is not understood. \(remedy)")
        }
        func custodian(_ number: UInt8) throws -> KeyCustodian {
            guard let custodian = KeyCustodian(rawValue: number) else {
                throw wrong("custodian \(number)", "Custodians are 1 to 8.")
            }
            return custodian
        }
        let keys = try self.keys.map { key in
            guard let name = KeyName(words: key.key) else {
                throw wrong("key \(key.key)", "Write purpose and version, such as CREDIT 1.")
            }
            let checkValue = try key.checkValue.map { text in
                guard let value = KeyCheckValue(digits: text) else {
                    throw wrong("check value \(text)", "Write six hexadecimal digits.")
                }
                return value
            }
            return CeremonyPlan.Key(name, custodians: try key.custodians.map(custodian), checkValue: checkValue)
        }
        let rules = try self.rules.map { rules in
            guard let first = PartyID(rules.first) else {
                throw wrong("first \(rules.first)", "Write the identifier of the first blank card.")
            }
            let operations = try rules.operations?.map { name in
                guard let operation = OperationCode.allCases.first(where: { $0.description == name }) else {
                    throw wrong("operation \(name)", "Write it as PUT KEY, BIND, SET STATE, STATUS, STORE CREDIT.")
                }
                return operation
            }
            return IssuingRules(
                first: first, count: rules.count, operations: operations.map(Set.init) ?? IssuingRules.issuing)
        }
        return try CeremonyPlan(keys: keys, firstPINs: try (firstPINs ?? []).map(custodian), rules: rules)
    }
}

extension CeremonyPlan {
    /// What a system begins with: one version of each purpose and the transport key, each of as many components as there
    /// are custodians.
    static func standard(custodians: UInt8, firstPINs: Bool) throws -> CeremonyPlan {
        let people = KeyCustodian.all.prefix(Int(custodians))
        let names = [KeyName.transport] + Purpose.allCases.map { KeyName($0, 1) }
        return try CeremonyPlan(
            keys: names.map { Key($0, custodians: Array(people)) }, firstPINs: firstPINs ? Array(people) : [])
    }
}

extension KeyName {
    /// Takes purpose and version, as `description` gives them; nil for anything else.
    init?(words text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2, let version = UInt8(words[1]),
            let purpose = Purpose.allCases.first(where: { $0.description == words[0].uppercased() })
        else { return nil }
        self.init(purpose, version)
    }
}

extension KeyCheckValue {
    /// Takes six hexadecimal digits; nil for anything else.
    init?(digits text: String) {
        guard text.utf8.count == 6, let value = UInt32(text, radix: 16) else { return nil }
        self.init(rawValue: value)
    }
}
