import Foundation
import Testing

/// Cards in files, without a reader or a key file.
@Suite("Cards in files") struct CardFileTests {
    private let key = "00112233445566778899AABBCCDDEEFF\n"

    @Test func `a blank card tells what it is`() throws {
        try VStoreProgram.withHome { vstore in
            let made = try vstore.run(
                "card blank --file blank --id 00A1B2C3-10-011234 --transport-key-file - --json", input: key)
            #expect(made.status == 0)
            #expect(try made.object()["eid"] as? String == "00A1B2C3-10-011234")
            let info = try vstore.run("card info --card blank --json")
            #expect(info.status == 0)
            let face = try info.object()
            #expect(face["state"] as? String == "blank")
            #expect(face["keys"] as? [String] == ["ADMIN 0"])
            #expect((face["purses"] as? [Any])?.isEmpty == true)
            #expect(face["masterKeys"] == nil)
        }
    }

    @Test func `a master-key card shows its keys`() throws {
        try VStoreProgram.withHome { vstore in
            #expect(try vstore.run("card blank --file master --id 00A1B2C3-20-000001 --master").status == 0)
            let face = try vstore.run("card info --card master --json").object()
            #expect(face["kind"] as? String == "master-key-card")
            #expect((face["masterKeys"] as? [Any])?.isEmpty == true)
        }
    }

    @Test func `a card is never replaced`() throws {
        try VStoreProgram.withHome { vstore in
            let command = "card blank --file one --id 00A1B2C3-10-011234 --transport-key-file -"
            #expect(try vstore.run(command, input: key).status == 0)
            let again = try vstore.run(command, input: key)
            #expect(again.status == 74)
            #expect(again.errors.contains("already exists"))
        }
    }

    @Test func `keys never appear`() throws {
        try VStoreProgram.withHome { vstore in
            let made = try vstore.run(
                "card blank --file one --id 00A1B2C3-10-011234 --transport-key-file - --trace", input: key)
            let info = try vstore.run("card info --card one --trace")
            for text in [made.output, made.errors, info.output, info.errors] {
                #expect(!text.replacing(" ", with: "").uppercased().contains("00112233445566778899AABBCCDDEEFF"))
            }
        }
    }

    @Test func `a secret without an end is refused`() throws {
        try VStoreProgram.withHome { program in
            let outcome = try program.run(
                "card blank --file card --id 00A1B2C3-10-011234 --transport-key-file /dev/zero")
            #expect(outcome.status == 74)
            #expect(outcome.errors.contains("/dev/zero: the line of the transport key has more than 1024 bytes"))
        }
    }

    @Test(arguments: ["00112233", "zz112233445566778899AABBCCDDEEFF", ""])
    func `a key that is none is refused and nothing is made`(text: String) throws {
        try VStoreProgram.withHome { vstore in
            let made = try vstore.run(
                "card blank --file one --id 00A1B2C3-10-011234 --transport-key-file -", input: text)
            #expect(made.status == 74)
            #expect(try vstore.run("card info --card one").status == 74)
        }
    }
}
