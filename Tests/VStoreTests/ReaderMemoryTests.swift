import Foundation
import Testing

@Suite("reader memory") struct ReaderMemoryTests {
    private static let wrong = "112233\n"
    private static let right = "FFFFFF\n"

    @Test func `what a card tells`() throws {
        try VStoreProgram.withHome { program in
            let info = try program.run("reader memory info --emulated --json").object()
            #expect(info["kind"] as? String == "SLE4442")
            #expect(info["triesLeft"] as? Int == 3)
            #expect(info["protected"] as? [Int] == [])
            #expect(info["first"] as? String == "A2131091" + String(repeating: "FF", count: 12))
            let plain = try program.run("reader memory info --emulated")
            #expect(plain.output.contains("answer to reset         3B 04 A2 13 10 91\n"))
            let i2c = try program.run("reader memory info --emulated --kind at24c64 --json").object()
            #expect(i2c["capacity"] as? Int == 8_192 && i2c["triesLeft"] == nil)
            let bytes = try program.run("reader memory read --emulated --at 0x02 --count 3 --json").object()
            #expect(bytes["bytes"] as? String == "1091FF" && bytes["at"] as? Int == 2)
            #expect(
                try program.run("reader memory read --emulated --count 20").output == """
                    00000  A2 13 10 91 FF FF FF FF FF FF FF FF FF FF FF FF  ................
                    00010  FF FF FF FF                                      ....

                    """)
            #expect(try program.run("reader memory read --emulated").output.split(separator: "\n").count == 16)
        }
    }

    @Test func `bytes are written with the code`() throws {
        try VStoreProgram.withHome { program in
            let line = "reader memory write --emulated --at 64 CAFE --psc-file -"
            let done = try program.run(line, input: Self.right)
            #expect(done.status == 0)
            #expect(done.output == "2 bytes written at 64, and read back.\n")
            let wrong = try program.run(line, input: Self.wrong)
            #expect(wrong.status == 1)
            #expect(wrong.errors.contains("the code is wrong"))
            let traced = try program.run(line + " --trace", input: Self.right)
            #expect(traced.errors.contains("PRESENT CODE  code=••"))
            let shown = (traced.output + traced.errors + wrong.errors).filter { !$0.isWhitespace }
            #expect(!shown.contains("FF20000003FFFFFF") && !shown.contains("112233"))
            let i2c = try program.run("reader memory write --emulated --kind at24c1024 --at 0x1FFFE CAFE --json")
                .object()
            #expect(i2c["written"] as? Int == 2)
        }
    }

    @Test func `the code is tried and changed`() throws {
        try VStoreProgram.withHome { program in
            let verified = try program.run("reader memory verify-psc --emulated --psc-file - --json", input: Self.right)
            #expect(try verified.object()["triesLeft"] as? Int == 3)
            #expect(try program.run("reader memory verify-psc --emulated --psc-file -", input: Self.wrong).status == 1)
            let line = "reader memory change-psc --emulated --psc-file -"
            let asked = try program.run(line, input: Self.right + Self.wrong)
            #expect(asked.status == 64, "there is nobody to ask")
            let done = try program.run(line + " --yes --trace", input: Self.right + Self.wrong)
            #expect(done.status == 0)
            let shown = (done.output + done.errors).filter { !$0.isWhitespace }
            #expect(shown.contains("CHANGECODE") && !shown.contains("112233"))
            #expect(try program.run(line + " --yes", input: Self.wrong + Self.right).status == 1)
            let json = try program.run(line + " --yes --json", input: Self.right + Self.wrong).object()
            #expect(json["changed"] as? Bool == true)
        }
    }

    @Test func `what is irreversible is asked about`() throws {
        try VStoreProgram.withHome { program in
            let line = "reader memory protect --emulated --at 0 A213 --psc-file -"
            let asked = try program.run(line, input: Self.right)
            #expect(asked.status == 64, "there is nobody to ask")
            #expect(asked.errors.contains("is irreversible"))
            #expect(try program.run(line + " --yes --json", input: Self.right).object()["protected"] as? Int == 2)
            let other = try program.run(
                "reader memory protect --emulated --at 0 A214 --yes --psc-file -", input: Self.right)
            #expect(other.status == 1)
            #expect(other.errors.contains("others than expected"))
        }
    }

    @Test(
        arguments: [
            ("read --emulated --at 250 --count 7", 64), ("read --emulated --at x", 64),
            ("read --emulated --kind sle4428", 64),
            ("read --emulated --reader x", 64), ("write --emulated --at 0 A", 64),
            ("write --emulated --at 255 AABB", 64),
            ("write --emulated --kind at24c02 --at 0 AA --psc-file -", 64), ("protect --emulated --at 31 AABB", 64),
            ("protect --emulated --kind at24c02 --at 0 AA", 64), ("verify-psc --emulated --kind at24c02", 64),
            ("change-psc --emulated --psc-file - --new-psc-file -", 64),
            ("verify-psc --emulated --psc-file missing", 74),
            ("verify-psc --emulated --psc-file -", 74), ("read", 3), ("info --reader none", 3),
        ] as [(String, Int32)])
    func `statuses`(line: String, status: Int32) throws {
        let outcome = try VStoreProgram.withHome { try $0.run("reader memory \(line)", input: "12345\n") }
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.output.isEmpty && !outcome.errors.isEmpty)
        #expect(!outcome.errors.contains("12345"))
    }
}
