import Foundation
import Testing

/// A bare name is a card or meter in the program's folder; one in the working directory needs a path.
@Suite("Bare names") struct BareNameTests {
    private static let key = "00112233445566778899AABBCCDDEEFF\n"

    /// A home with a card and an off-line meter, and a working directory with files of the same names.
    private func withCards(_ body: (VStoreProgram, URL) throws -> Void) throws {
        try VStoreProgram.withHome { vstore in
            let folder = vstore.home.appending(path: "work")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let made = try vstore.run(
                "card blank --file visa --id 00A1B2C3-10-011234 --transport-key-file -", input: Self.key)
            #expect(made.status == 0, "\(made)")
            let meter = try vstore.run(
                "meter new --meter gas --id 00A1B2C3-02-000078 --price 0.90 --transport-key-file -", input: Self.key)
            #expect(meter.status == 0, "\(meter)")
            try body(vstore, folder)
        }
    }

    private func id(_ outcome: VStoreProgram.Outcome, _ member: String) throws -> String? {
        #expect(outcome.status == 0, "\(outcome)")
        return try outcome.object()[member] as? String
    }

    @Test(arguments: [true, false]) func `a bare name is never what lies in the working directory`(isFolder: Bool)
        throws
    {
        try withCards { vstore, folder in
            for name in ["visa", "gas"] {
                let thing = folder.appending(path: name)
                if isFolder {
                    try FileManager.default.createDirectory(at: thing, withIntermediateDirectories: true)
                } else {
                    try Data("no card".utf8).write(to: thing)
                }
            }
            #expect(try id(vstore.run("card info --card visa --json", in: folder), "eid") == "00A1B2C3-10-011234")
            #expect(try id(vstore.run("card info --card gas --json", in: folder), "eid") == "00A1B2C3-02-000078")
            #expect(try id(vstore.run("meter show --meter gas --json", in: folder), "meter") == "00A1B2C3-02-000078")
        }
    }

    @Test func `a folder among the cards is not a card and hides no meter`() throws {
        try withCards { vstore, folder in
            let cards = vstore.home.appending(path: "cards")
            for name in ["gas", "tray"] {
                try FileManager.default.createDirectory(
                    at: cards.appending(path: name), withIntermediateDirectories: true)
            }
            #expect(try id(vstore.run("card info --card gas --json", in: folder), "eid") == "00A1B2C3-02-000078")
            let tray = try vstore.run("card info --card tray", in: folder)
            #expect(tray.status == 74 && tray.errors.contains("no card or meter has this name"), "\(tray)")
        }
    }

    @Test func `a path is what lies there`() throws {
        try withCards { vstore, folder in
            try FileManager.default.copyItem(
                at: vstore.home.appending(path: "cards/visa"), to: folder.appending(path: "gas"))
            #expect(try id(vstore.run("card info --card ./gas --json", in: folder), "eid") == "00A1B2C3-10-011234")
        }
    }

    @Test func `where there is neither the error says where it was looked for`() throws {
        try withCards { vstore, folder in
            for command in ["card info --card other", "meter show --meter other"] {
                let missing = try vstore.run(command, in: folder)
                #expect(missing.status == 74 && missing.errors.contains("\(vstore.home.path)/meters"), "\(missing)")
                #expect(missing.errors.contains("write a path with a /, as in ./other"), "\(missing)")
            }
            try Data("no card".utf8).write(to: folder.appending(path: "other"))
            let here = try vstore.run("card info --card other", in: folder)
            #expect(here.status == 74 && here.errors.contains("For what is here, write ./other."), "\(here)")
        }
    }
}
