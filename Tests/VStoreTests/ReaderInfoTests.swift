import Foundation
import TestPrograms
import Testing

@Suite("vstore reader info") struct ReaderInfoTests {
    private static let list = """
        # A list in the form of pcsc-tools.
        3B 65 00 00 9C 11 01 01 0[1,3]
        \tA card by a pattern
        \thttps://cards.example

        3b 65 00 00 9c 11 01 01 03
        \tA card by its bytes

        3B 65 00 00 9C 11 01 01 04
        \tAnother

        """

    @Test func `an ATR is explained and named`() throws {
        try VStoreProgram.withHome { program in
            let list = program.home.appending(path: "list")
            try Self.list.write(to: list, atomically: true, encoding: .utf8)
            let arguments = ["reader", "info", "--atr", "3B 65 00 00 9C 11 01 01 03", "--card-list", list.path]
            let plain = try program.run(arguments)
            #expect(plain.status == 0)
            #expect(plain.output.contains("T0    65  TB1, TC1 follow\n          5 historical bytes\n"))
            #expect(plain.output.contains("A card by a pattern\n  https://cards.example\n  A card by its bytes\n"))
            let document = try program.run(arguments + ["--json"]).object()
            #expect((document["bytes"] as? [[String: Any]])?.map { $0["name"] as? String }.count == 9)
            #expect(
                document["cards"] as? [String] == [
                    "A card by a pattern", "https://cards.example", "A card by its bytes",
                ])
            #expect(document["fi"] as? Int == 372)
            #expect(document["problems"] as? [String] == [])
        }
    }

    @Test func `what is no ATR is refused`() throws {
        try VStoreProgram.withHome { program in
            let list = program.home.appending(path: "list")
            try Self.list.write(to: list, atomically: true, encoding: .utf8)
            let unreadable = try program.run(["reader", "info", "--atr", "3C00", "--card-list", list.path])
            #expect(unreadable.status == 1)
            #expect(unreadable.output.contains("TS is neither 3B nor 3F"))
            #expect(try program.run("reader info --atr 3").status == 64)
            #expect(try program.run("reader info --atr 3B00 --atr-list x").status == 64)
            #expect(try program.run("reader info --atr 3B00 --card-list missing").status == 74)
            #expect(try program.run("reader info --atr-list missing").status == 74)
            try "3B [".write(to: list, atomically: true, encoding: .utf8)
            let broken = try program.run(["reader", "info", "--atr", "3B00", "--card-list", list.path])
            #expect(broken.status == 74)
            #expect(broken.errors.contains("3B [: is not a regular expression"))
        }
    }

    @Test func `a list gives an object a line`() throws {
        let outcome = try VStoreProgram.withHome {
            try $0.run(["reader", "info", "--atr-list", "-", "--json"], input: "# two\n3B 00\n\n3B F0\n")
        }
        #expect(outcome.status == 1)
        let objects = try outcome.output.split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        #expect(objects.map { $0?["line"] as? Int } == [2, 4])
        #expect(objects[0]?["historicalBytes"] as? String == "")
        #expect(((objects[1]?["error"] as? [String: Any])?["message"] as? String)?.contains("end before") == true)
    }

    /// Every concrete ATR of pcsc-tools' list is read, as pyscard reads it except for known reasons.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/share/pcsc/smartcard_list.txt")))
    func `the list of pcsc-tools is read as pyscard reads it`() throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../Tools/interop/atr_list.py")
        let outcome = try Program("/usr/bin/python3", [script.path, BuiltProgram.vstore.path]).runBlocking()
        let text = outcome.output
        #expect(outcome.status == 0, "\(text.split(separator: "\n").filter { $0.first == "!" }) \(outcome.errors)")
        #expect(text.contains(", 0 cannot be read\n"))
        #expect(text.contains("# pyscard: 0 without a reason\n"))
    }
}
