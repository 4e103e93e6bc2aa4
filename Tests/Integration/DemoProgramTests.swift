import Foundation
import TestPrograms
import Testing

/// The program itself plays the story of the tests: in its own process, and in two virtual readers.
@Suite("vstore demo", .enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct DemoProgramTests {
    static let end = "every difference is 0 micro-units"

    @Test func `with cards in the process`() async throws {
        let outcome = try await Program(BuiltProgram.vstore.path, ["demo"]).run()
        #expect(outcome.status == 0 && outcome.output.contains(Self.end), "\(outcome)")
    }

    @Test func `with cards in virtual readers`() async {
        // It uses the readers in which a card appears, so no other test may insert one meanwhile.
        await #expect(processExitsWith: .success) {
            await reporting {
                let own = try await OwnPCSCD()
                let outcome = try await Program(
                    BuiltProgram.vstore.path, ["demo", "--pcsc", "--port", "\(own.daemon.slots[0].port)"]
                ).run()
                #expect(outcome.status == 0 && outcome.output.contains(Self.end), "\(outcome)")
            }
        }
    }
}
