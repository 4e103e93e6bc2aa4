import Foundation
import Testing
import ValueProtocol

/// What belongs to every operation besides its plaintext.
@Suite struct OperationCodeTests {
    private static let reference = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "APDU")

    @Test(arguments: OperationCode.allCases) func `a code has its own type`(op: OperationCode) {
        #expect(op.type.code == op)
    }

    /// `| op | name | session | …` in the table of APDU/README.md, section 6.
    @Test(arguments: OperationCode.allCases) func `the reference has a row`(op: OperationCode) throws {
        let text = try String(contentsOf: Self.reference.appending(path: "README.md"), encoding: .utf8)
        let session = op.purpose.map { "\($0)" } ?? (op.isAllowed(in: .transfer) ? "any" : "any but TRANSFER")
        let row = "| `\(hexadecimal(UInt64(op.rawValue), 2))` | \(op) | \(session) | "
        #expect(text.contains(row), "APDU/README.md, section 6, lacks a row that begins with \(row)")
    }

    @Test func `the dictionary names the operations`() throws {
        struct Dictionary: Decodable {
            struct Values: Decodable { let operation: [String: String] }
            let values: Values
        }
        let data = try Data(contentsOf: Self.reference.appending(path: "dictionary/valuestore.json"))
        let names = try JSONDecoder().decode(Dictionary.self, from: data).values.operation
        let expected = OperationCode.allCases.map { (hexadecimal(UInt64($0.rawValue), 2), "\($0)") }
        #expect(names == [String: String](uniqueKeysWithValues: expected), "values.operation of valuestore.json")
    }
}
