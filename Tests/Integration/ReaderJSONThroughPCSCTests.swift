import Foundation
import TestPrograms
import TestSupport
import Testing

/// Readers, and cards offered in them, as objects for programs.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct ReaderJSONThroughPCSCTests {
    @Test func `readers are listed and watched while a card is offered`() async throws {
        try await withTemporaryFolderAsync { home in
            try await VirtualReaders.lend { readers in
                func vstore(_ line: String) -> Program {
                    Program(
                        BuiltProgram.vstore.path, line.split(separator: " ").map(String.init),
                        environment: .inherited(readers.environment.merging(["VSTORE_HOME": home.path]) { $1 }))
                }
                let made = try await vstore("card blank --file card --id 00A1B2C3-10-011234 --transport-key-file -")
                    .run(input: "00112233445566778899AABBCCDDEEFF\n")
                #expect(made.status == 0, "\(made)")
                let card = try RunningProgram(
                    vstore("card emulate card --port \(readers.slots[0].port) --json"), errors: .discarded)
                defer { card.kill() }
                _ = try await onOwnThread { try card.wait(for: #""event":"inserted""#) }

                let listed = try await vstore("reader list --json").run()
                let document = try JSONSerialization.jsonObject(with: Data(listed.output.utf8)) as? [String: Any]
                let names = (document?["readers"] as? [[String: Any]])?.map { $0["name"] as? String }
                #expect(names?.contains(readers.slots[0].reader) == true, "\(listed)")
                let watched = try await vstore("reader watch --for 1 --json").run()
                #expect(watched.output.contains(#""event":"reader-arrived""#), "\(watched)")
            }
        }
    }
}
