import Foundation
import TestPrograms
import Testing

/// Settings of the configuration file, and what comes before them.
@Suite struct ConfigTests {
    private func file(_ vstore: VStoreProgram) -> URL { vstore.home.appending(path: ".config/vstore/config") }

    private func write(_ text: String, _ vstore: VStoreProgram) throws {
        let file = file(vstore)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    private func settings(_ outcome: VStoreProgram.Outcome) throws -> [String: (value: String?, origin: String?)] {
        let list = try #require(try outcome.object()["settings"] as? [[String: Any]])
        return Dictionary(
            uniqueKeysWithValues: try list.map { setting in
                (
                    try #require(setting["name"] as? String),
                    (setting["value"] as? String, setting["origin"] as? String)
                )
            })
    }

    @Test func `a setting is written, shown, and removed, and what else the file holds stays`() throws {
        try VStoreProgram.withHome { vstore in
            try write("# the desk's\r\n\ncolours = never   \n# the end", vstore)
            let set = try vstore.run(["config", "set", "reader", "ACS ACR39U = left", "--json"])
            #expect(set.status == 0, "\(set.errors)")
            #expect(try set.object()["value"] as? String == "ACS ACR39U = left")
            #expect(
                try String(contentsOf: file(vstore), encoding: .utf8)
                    == "# the desk's\r\n\ncolours = never   \n# the end\nreader = ACS ACR39U = left\n")
            #expect(try vstore.run("config get reader").output == "ACS ACR39U = left\n")
            #expect(try vstore.run("config get reader --json").object()["origin"] as? String == "file")
            _ = try vstore.run(["config", "set", "reader", "other"])
            let unset = try vstore.run("config unset reader --json").object()
            #expect(unset["removed"] as? Bool == true)
            #expect(try vstore.run("config unset reader --json").object()["removed"] as? Bool == false)
            #expect(
                try String(contentsOf: file(vstore), encoding: .utf8)
                    == "# the desk's\r\n\ncolours = never   \n# the end\n")
            let none = try vstore.run("config get reader")
            #expect(none.status == 1 && none.errors.contains("reader has no value"))
        }
    }

    @Test func `the first setting makes the file, readable by its owner alone`() throws {
        try VStoreProgram.withHome { vstore in
            #expect(try vstore.run("config set colours always").status == 0)
            let attributes = try FileManager.default.attributesOfItem(atPath: file(vstore).path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `an option comes before the environment, and the environment before the file`() throws {
        try VStoreProgram.withHome { vstore in
            try write("reader = from the file\n", vstore)
            func reader(_ environment: [String: String]) throws -> [String?] {
                let found = try settings(try vstore.run("config list --json", environment: environment))["reader"]
                return [found?.value, found?.origin]
            }
            #expect(try reader([:]) == ["from the file", "file"])
            #expect(try reader(["VSTORE_READER": "from outside"]) == ["from outside", "environment"])
            #expect(try reader(["VSTORE_READER": ""]) == ["from the file", "file"])
            #expect(try reader(["VSTORE_CONFIG": "/dev/null"]) == [nil, nil])
            let other = vstore.home.appending(path: "other")
            try "reader = elsewhere\n".write(to: other, atomically: true, encoding: .utf8)
            #expect(try reader(["VSTORE_CONFIG": other.path]) == ["elsewhere", "file"])
        }
    }

    @Test func `the passphrase of the host's keys is in the file that is set`() throws {
        try Desk.with { desk in
            let vstore = desk.vstore
            let passphrase = vstore.home.appending(path: "passphrase")
            try Desk.passphrase.write(to: passphrase, atomically: true, encoding: .utf8)
            // A relative path is the working directory's, and stays that file whatever the next one is.
            let set = try vstore.run("config set passphrase-file passphrase --json", in: vstore.home)
            #expect(try set.object()["value"] as? String == passphrase.path)
            #expect(try vstore.run("key list").status == 0)
            let wrong = try vstore.run("key list --passphrase-file -", input: "not this\n")
            #expect(wrong.status != 0 && wrong.errors.contains("passphrase"))
        }
    }

    @Test func `a relay's certificates are those that are set, unless options name others`() throws {
        try VStoreProgram.withHome { vstore in
            let send = "apdu send --remote localhost:1 00A4040000"
            let none = try vstore.run(send)
            #expect(none.status == 64 && none.errors.contains("vstore config"))
            try write("relay-certificate = a.pem\nrelay-key = ~/b.key\nrelay-authority = /c.pem\n", vstore)
            let set = try settings(try vstore.run("config list --json"))
            #expect(set["relay-certificate"]?.value == file(vstore).deletingLastPathComponent().path + "/a.pem")
            #expect(set["relay-key"]?.value == vstore.home.path + "/b.key")
            #expect(try vstore.run(send).errors.contains(".config/vstore/a.pem"))
            #expect(try vstore.run(send + " --certificate /other.pem").errors.contains("/other.pem"))
            // They are not asked for where no relay is used.
            #expect(try vstore.run("apdu tlv 6F00").status == 0)
        }
    }

    @Test func `colours are as they are set`() throws {
        try VStoreProgram.withHome { vstore in
            let wrong = "apdu send --card none 00A4040000"
            #expect(try !vstore.run(wrong).errors.contains("\u{1B}["))
            try write("colours = always\n", vstore)
            #expect(try vstore.run(wrong).errors.contains("\u{1B}[31m"))
            try write("colours = never\n", vstore)
            #expect(try !vstore.run(wrong).errors.contains("\u{1B}["))
        }
    }

    @Test(arguments: [
        ("\nreder = x\n", 2, "there is no setting 'reder'. Did you mean 'reader'?"),
        ("speed = 9600\n", 1, "there is no setting 'speed'. There are reader,"),
        ("reader\n", 1, "'reader' sets nothing. Write name = value"),
        ("reader =\n", 1, "reader has no value"),
        ("reader = a\n# b\nreader = c\n", 3, "reader is set twice, in line 1 too"),
        ("colours = red\n", 1, "colours cannot be 'red'. Write auto, always or never."),
        ("passphrase-file = -\n", 1, "passphrase-file cannot be standard input"),
        ("reader = a\u{7}b\n", 1, "the value of reader has control characters"),
    ])
    func `a line that is wrong is named, and nothing is done`(text: String, line: Int, words: String) throws {
        try VStoreProgram.withHome { vstore in
            try write(text, vstore)
            // What is wrong with another setting keeps one from being changed.
            for command in ["apdu tlv 6F00", "config list", "config set relay-key x", "config unset relay-key"] {
                let outcome = try vstore.run(command)
                #expect(outcome.status == 74 && outcome.output.isEmpty, "\(command): \(outcome)")
                #expect(outcome.errors.contains("config, line \(line): \(words)"), "\(outcome.errors)")
            }
            #expect(try String(contentsOf: file(vstore), encoding: .utf8) == text)
            #expect(try vstore.run("--help").status == 0)
        }
    }

    @Test(arguments: [
        ("colours = blue\n", "config set colours never", "colours = never\n"),
        ("colours = blue\n", "config unset colours", ""),
        ("reader = a\n# b\nreader = c\n", "config set reader d", "reader = d\n# b\n"),
        ("reader = a\n# b\nreader =\n", "config unset reader", "# b\n"),
    ])
    func `what is wrong with a setting is mended by changing it`(text: String, line: String, after: String) throws {
        try VStoreProgram.withHome { vstore in
            try write(text, vstore)
            let outcome = try vstore.run(line)
            #expect(outcome.status == 0, "\(outcome)")
            #expect(try String(contentsOf: file(vstore), encoding: .utf8) == after)
        }
    }

    @Test func `what comes before the file is said, blanks are not kept, and a long line is not repeated`() throws {
        try VStoreProgram.withHome { vstore in
            let set = try vstore.run(["config", "set", "reader", "  x  "], environment: ["VSTORE_READER": "y"])
            #expect(set.output == "reader = x\n" && set.errors.contains("$VSTORE_READER is set"), "\(set)")
            try write(String(repeating: "x", count: 100_000), vstore)
            let outcome = try vstore.run("config list")
            #expect(outcome.status == 74 && outcome.errors.count < 300)
        }
    }

    @Test(arguments: [
        ("config set raeder x", "Did you mean 'reader'?"), ("config get speed", "There are reader,"),
        ("config set colours red", "Write auto, always or never."), ("config set relay-key -", "Name a file."),
    ])
    func `a setting that is none is refused with a right one`(line: String, words: String) throws {
        try VStoreProgram.withHome { vstore in
            let outcome = try vstore.run(line)
            #expect(outcome.status == 64 && outcome.errors.contains(words), "\(outcome)")
            #expect(!FileManager.default.fileExists(atPath: file(vstore).path))
        }
    }
}
