import Foundation
import TestPrograms
import Testing

private let hasCryptography = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

/// A program in another language verifies what `vstore host prove` writes, with nothing of the records.
@Suite("Proofs of the audit trail", .enabled(if: hasCryptography, "python3 is missing: run Tools/setup"))
struct AuditProofTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Tools/interop/audit_proof.py").path
    private static let keys = "--passphrase-file -"

    private func verify(_ proof: String, _ key: String, _ mark: String) throws -> (status: Int32, text: String) {
        let outcome = try Program("/usr/bin/python3", [Self.script, proof, key, mark]).runBlocking()
        return (outcome.status, outcome.output + outcome.errors)
    }

    @Test func `a receipt is proved to somebody with the key alone, and nothing altered is`() throws {
        try Desk.with { desk in
            try desk.issue()
            let load = "card load 50 --service gas --card card1 --reference A \(Self.keys)"
            let mark = try #require(try desk.done(load, Desk.passphrase)["audit"] as? String)
            let file = desk.vstore.home.appending(path: "proof.json")
            let proved = try desk.done("host prove \(mark) --out \(file.path) \(Self.keys)", Desk.passphrase)
            let key = try #require(proved["publicKey"] as? String)
            let signed = try desk.done("host sign \(Self.keys)", Desk.passphrase)
            #expect(signed["publicKey"] as? String == key)
            #expect(((signed["root"] as? [String: Any])?["entries"] as? Int ?? 0) > 0)

            let good = try verify(file.path, key, mark)
            #expect(good.status == 0 && good.text.contains("00A1B2C3-10-000001"), "\(good)")
            #expect(good.text.contains("currency 978, 50000000 micro-units"), "\(good)")

            let other = (key.hasPrefix("00") ? "01" : "00") + key.dropFirst(2)
            #expect(try verify(file.path, other, mark).status == 1)
            let forged = String(mark.dropLast()) + (mark.hasSuffix("0") ? "1" : "0")
            #expect(try verify(file.path, key, forged).text.contains("the proof is of entry \(mark)"))

            let text = try String(contentsOf: file, encoding: .utf8)
            let proof = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            for name in ["entry", "hash", "head", "statement", "signature"] {
                let bytes = try #require(proof[name] as? String)
                let changed = String(bytes.dropLast()) + (bytes.hasSuffix("0") ? "1" : "0")
                try text.replacing(bytes, with: changed).write(to: file, atomically: true, encoding: .utf8)
                let refused = try verify(file.path, key, mark)
                #expect(refused.status == 1 && refused.text.contains("not proved"), "\(name): \(refused)")
            }
            let none = try desk.vstore.run(
                "host prove \(forged) --out \(file.path) \(Self.keys)", input: Desk.passphrase)
            #expect(none.status != 0 && none.errors.contains(forged), "\(none)")
        }
    }
}
