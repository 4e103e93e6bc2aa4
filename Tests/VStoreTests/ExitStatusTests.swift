import Foundation
import Records
import Testing

@Suite("Exit statuses and error texts") struct ExitStatusTests {
    @Test(
        arguments: [
            ("nonsense", 64), ("card info --card a --reader b", 64), ("card info --card missing", 74),
            ("reader list", 3), ("card info", 3), ("card blank --file x --id 12", 64),
            ("card blank --file x --id 00A1B2C3-30-000001", 64), ("card blank --file x --id 00A1B2C3-10-000001", 74),
            ("card emulate x --port 35965 --slot 1", 64), ("card emulate x --slot 16", 64),
            ("meter new -m x --id 00A1B2C3-02-000078 --price 1 --token 0.50", 64),
            ("card issue --abandon --batch a --results b", 64), ("apdu send 0", 64),
            ("apdu script missing --card x", 74),
        ] as [(String, Int32)])
    func `statuses`(line: String, status: Int32) throws {
        let (plain, json) = try VStoreProgram.withHome { (try $0.run(line), try $0.run("\(line) --json")) }
        #expect(plain.status == status)
        #expect(plain.output.isEmpty)
        #expect(!plain.errors.isEmpty)
        // No internals of this program.
        for inside in ["Error(", ".swift", "Fatal", "Optional("] { #expect(!plain.errors.contains(inside)) }
        #expect(json.status == status)
        let document = try JSONSerialization.jsonObject(with: Data(json.errors.utf8)) as? [String: Any]
        let error = document?["error"] as? [String: Any]
        #expect(error?["status"] as? Int == Int(status))
        #expect((error?["message"] as? String)?.isEmpty == false)
    }

    @Test func `an error for programs has its type and number`() throws {
        let outcome = try VStoreProgram.withHome { try $0.run("key list --json") }
        let document = try JSONSerialization.jsonObject(with: Data(outcome.errors.utf8)) as? [String: Any]
        let error = document?["error"] as? [String: Any]
        #expect(error?["error"] as? String == "HostError")
        #expect(error?["code"] as? Int == Int(HostError.Code.noKeys.rawValue))
    }

    @Test func `errors name the remedy`() throws {
        let outcome = try VStoreProgram.withHome { try $0.run("reader list") }
        #expect(outcome.errors.contains("Start it: systemctl start pcscd"))
    }

    @Test func `no colour without a terminal`() throws {
        let outcome = try VStoreProgram.withHome { try $0.run("card info --card missing") }
        #expect(!outcome.errors.contains("\u{1B}"))
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func `completions are made`(shell: String) throws {
        let outcome = try VStoreProgram.withHome { try $0.run("--generate-completion-script \(shell)") }
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("vstore"))
    }
}
