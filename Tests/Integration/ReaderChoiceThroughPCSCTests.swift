import CardIO
import CardIOTesting
import ContactInterface
import Foundation
import ISO7816
import TestPrograms
import TestSupport
import Testing
import ValueElement
import ValueProtocol

/// How a command of the program finds its reader, and connects to the card in it.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct ReaderChoiceThroughPCSCTests {
    private static let count = "80 14 00 00 04"

    /// Lends a reader with a card that speaks T=1, and a program that finds it.
    private func withCard(
        _ card: @autoclosure () throws -> sending any IntegratedCircuitCard = ReferenceCard(),
        _ body: (VirtualReaders, _ vstore: ([String], [String: String]) -> Program) async throws -> Void
    ) async throws {
        try await withTemporaryFolderAsync { home in
            try await VirtualReaders.lend { readers in
                let virtual = try await readers.insert(try card())
                let settings = home.appending(path: "settings").path
                let outcome: Result<Void, any Error>
                do {
                    try await body(readers) { arguments, environment in
                        Program(
                            BuiltProgram.vstore.path, arguments,
                            environment: .inherited(
                                readers.environment.merging(["VSTORE_HOME": home.path, "VSTORE_CONFIG": settings]) {
                                    $1
                                }
                                .merging(environment) { $1 }), in: home)
                    }
                    outcome = .success(())
                } catch {
                    outcome = .failure(error)
                }
                await virtual.remove()
                try outcome.get()
            }
        }
    }

    @Test func `the reader is that of the option, else of the environment, else of the settings`() async throws {
        try await withCard { readers, vstore in
            let name = readers.slots[0].reader
            let send = ["apdu", "send", Self.count]
            let set = try await vstore(["config", "set", "reader", name], [:]).run()
            #expect(set.status == 0, "\(set)")
            #expect(try await vstore(send, [:]).run().status == 0)
            let other = try await vstore(send, ["VSTORE_READER": "none such"]).run()
            #expect(other.status == 3 && other.errors.contains("reader none such"), "\(other)")
            let option = try await vstore(send + ["--reader", name], ["VSTORE_READER": "none such"]).run()
            #expect(option.status == 0, "\(option)")
        }
    }

    @Test func `the protocol that is asked for is the one that is spoken`() async throws {
        try await withCard { readers, vstore in
            let shell = ["apdu", "shell", "--json", "--reader", readers.slots[0].reader]
            let spoken = try await vstore(shell + ["--protocol", "T=1"], [:]).run(input: "info\n")
            #expect(spoken.status == 0 && spoken.output.contains(#""protocol":"T=1""#), "\(spoken)")
        }
        try await withCard(T0Card(ReferenceCard(), answerToReset: [0x3B, 0x00])) { readers, vstore in
            let arguments = ["apdu", "send", Self.count, "--reader", readers.slots[0].reader, "--protocol", "t1"]
            let refused = try await vstore(arguments, [:]).run()
            #expect(refused.status != 0 && refused.errors.contains("does not speak the protocol"), "\(refused)")
        }
    }

    @Test func `a card is shared as it is asked for`() async throws {
        try await withCard { readers, vstore in
            let name = readers.slots[0].reader
            let card = try await readers.connect()
            func send(_ mode: String) async throws -> Program.Outcome {
                try await vstore(["apdu", "send", Self.count, "--reader", name, "--share", mode], [:]).run()
            }
            let shared = try await send("shared")
            #expect(shared.status == 0, "\(shared)")
            let exclusive = try await send("exclusive")
            #expect(exclusive.status != 0 && exclusive.errors.contains("SCARD_E_SHARING_VIOLATION"), "\(exclusive)")
            // A shell has the card for itself, unless it is to share it.
            let shell = ["apdu", "shell", "--reader", name]
            #expect(try await vstore(shell, [:]).run(input: "info\n").status != 0)
            let sharing = try await vstore(shell + ["--share", "shared"], [:]).run(input: "\(Self.count)\n")
            #expect(sharing.status == 0, "\(sharing)")
            let direct = try await send("direct")
            #expect(direct.status == 0 && direct.output.contains("9000"), "\(direct)")
            try await card.disconnect(.leave)
        }
    }

    /// A master-key card and another card in two readers: the one that is not named is the other.
    @Test func `a card is in the reader that the master-key card is not in`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                let own = try await OwnPCSCD()
                let virtual = try await own.insert(ReferenceCard())
                let second = try VirtualReaderCard(ReferenceCard(), port: own.daemon.slots[1].port)
                try await second.insert()
                try await own.service.waitForCard(in: .name(own.daemon.slots[1].reader), deadline: .testDeadline)
                try await withTemporaryFolderAsync { home in
                    func vstore(_ arguments: [String]) async throws -> Program.Outcome {
                        try await Program(
                            BuiltProgram.vstore.path, arguments,
                            environment: .inherited(
                                own.daemon.environment.merging([
                                    "VSTORE_HOME": home.path, "VSTORE_CONFIG": "/dev/null",
                                ]) { $1 }), in: home
                        ).run(input: "111111\n")
                    }
                    let alone = try await vstore(["card", "info"])
                    #expect(alone.errors.contains("several readers fit"), "\(alone)")
                    for slot in own.daemon.slots.prefix(2) {
                        let both = try await vstore([
                            "card", "rotate", "--master-reader", slot.reader, "--pin-file", "-",
                        ])
                        #expect(both.errors.contains("is not a master-key card"), "\(both)")
                    }
                }
                await second.remove()
                await virtual.remove()
            }
        }
    }
}
