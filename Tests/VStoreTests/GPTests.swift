import Foundation
import Testing

@Suite("gp") struct GPTests {
    /// Not 40 to 4F, and made of digits that appear nowhere else.
    static let newKeys =
        "C1C2C3C4C5C6C7C8C9CACBCCCDCECFC0\nD1D2D3D4D5D6D7D8D9DADBDCDDDEDFD0\n"
        + "B1B2B3B4B5B6B7B8B9BABBBCBDBEBFB0\n"

    @Test func `what a card tells`() throws {
        try VStoreProgram.withHome { program in
            let info = try program.run("gp info --emulated --json").object()
            #expect(info["version"] as? String == "2.3.1")
            #expect(info["protocols"] as? [String] == ["SCP03 i=70"])
            let keys = try program.run("gp keys --emulated")
            #expect(keys.status == 0)
            #expect(keys.output.contains("AES"))
            let listed = try program.run("gp keys --emulated --json").object()["keys"] as? [[String: Any]]
            #expect(try #require(listed).allSatisfy { $0["version"] is Int })
            let list = try program.run("gp list --emulated --test-key --secure-answers --json").object()
            let entries = try #require(list["entries"] as? [[String: Any]])
            #expect(entries.map { $0["state"] as? String } == ["INITIALIZED"])
        }
    }

    @Test func `wrong keys are refused`() throws {
        try VStoreProgram.withHome { program in
            let outcome = try program.run("gp list --emulated --key-file -", input: Self.newKeys)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("does not have these keys"))
            #expect(!outcome.errors.contains("C1C2"))
            #expect(try program.run("gp list --emulated --key-file -", input: "40\n40\n40\n").status == 74)
            #expect(try program.run("gp list --emulated --test-key --key-file -").status == 64)
            #expect(try program.run("gp list --emulated --test-key --3des --s16").status == 64)
        }
    }

    @Test func `data are stored`() throws {
        try VStoreProgram.withHome { program in
            let file = program.home.appending(path: "data.bin")
            try Data((0..<500).map { UInt8(truncatingIfNeeded: $0) }).write(to: file)
            let line = "gp store --emulated --test-key --s16 \(file.path)"
            #expect(try program.run(line).status == 64, "there is nobody to ask")
            let done = try program.run(line + " --yes --json --block 200").object()
            #expect(done["bytes"] as? Int == 500)
            #expect(done["blocks"] as? Int == 3)
            let domain = "A000000151000000"
            #expect(try program.run(line + " --yes --form tlv --application \(domain)").status == 0)
            // The emulated card has no applications.
            #expect(try program.run(line + " --yes --application A0000000010203").status == 1)
            #expect(try program.run(line + " --yes --application A0").status == 64)
            #expect(try program.run(line + " --yes --block 224").status == 64)
            #expect(try program.run(line + " --yes --block 1").status == 74)
            #expect(try program.run(line + ".none --yes").status == 74)
        }
    }

    @Test(arguments: ["", " --3des", " --3des --secure-answers", " --secure-answers", " --s16 --secure-answers"])
    func `keys are shown by their check values only`(more: String) throws {
        try VStoreProgram.withHome { program in
            let line = "gp put-keys --emulated --test-key --new-version 48 --new-key-file - --trace\(more)"
            let asked = try program.run(line, input: Self.newKeys)
            #expect(asked.status == 64, "there is nobody to ask")
            #expect(!asked.errors.contains("PUT KEY"))
            let done = try program.run(line + " --yes", input: Self.newKeys)
            #expect(done.status == 0)
            #expect(done.errors.contains("PUT KEY"))
            let json = try program.run(line + " --yes --json", input: Self.newKeys).object()
            #expect(json["version"] as? Int == 48 && (json["checkValues"] as? [String])?.count == 3)
            let shown = (done.output + done.errors).filter { !$0.isWhitespace }
            for digits in ["C1C2C3C4", "D1D2D3D4", "B1B2B3B4"] { #expect(!shown.contains(digits)) }
            #expect(try program.run(line + " --yes --replace 9", input: Self.newKeys).status == 1)
        }
    }
}
