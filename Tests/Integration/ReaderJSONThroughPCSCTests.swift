import Foundation
import TestPrograms
import TestSupport
import Testing

/// Readers, and cards offered in them, as objects for programs.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct ReaderJSONThroughPCSCTests {
    /// Lends a reader, and a program with the card `card` that finds the reader.
    private func withCard(
        _ body: (VirtualReaders, _ vstore: (String) -> Program) async throws -> Void
    ) async throws {
        try await withTemporaryFolderAsync { home in
            try await VirtualReaders.lend { readers in
                func vstore(_ line: String) -> Program {
                    Program(
                        BuiltProgram.vstore.path, line.split(separator: " ").map(String.init),
                        environment: .inherited(readers.environment.merging(["VSTORE_HOME": home.path]) { $1 }),
                        in: home)
                }
                let made = try await vstore("card blank --file card --id 00A1B2C3-10-011234 --transport-key-file -")
                    .run(input: "00112233445566778899AABBCCDDEEFF\n")
                #expect(made.status == 0, "\(made)")
                try await body(readers, vstore)
            }
        }
    }

    @Test func `readers are listed and watched while a card is offered`() async throws {
        try await withCard { readers, vstore in
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

    @Test func `a card of another machine is offered`() async throws {
        try await withCard { readers, vstore in
            let made = try await vstore("apdu relay certificates tls --server localhost --client desk").run()
            let options = made.output.split(separator: "\n").compactMap { $0.split(separator: ": ").last }
            try #require(options.count == 2)
            let server = try RunningProgram(
                vstore("apdu relay serve --listen localhost:0 --card card --json \(options[0])"), errors: .discarded)
            defer { server.kill() }
            let listening = try await onOwnThread { try server.nextLine() }
            let event = try JSONSerialization.jsonObject(with: Data(listening.utf8)) as? [String: Any]
            let port = try #require(event?["port"] as? Int)
            let attach = "apdu relay attach localhost:\(port) --port \(readers.slots[0].port) --json \(options[1])"
            let client = try RunningProgram(vstore(attach), errors: .discarded)
            defer { client.kill() }
            _ = try await onOwnThread { try client.wait(for: #""event":"inserted""#) }
            _ = try await onOwnThread { try client.wait(for: "\n") }
        }
    }
}
