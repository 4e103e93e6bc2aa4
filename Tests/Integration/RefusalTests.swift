import CardIO
import ISO7816
import Testing

/// A service that refuses, and one that ends at this program's first call, which looks the same on its socket. Each test
/// has a process of its own, since libpcsclite looks for its service once.
@Suite struct RefusalTests {
    @Test func `a service that ends at the first call is not running`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                _ = try ClosingService(mostRefusals: 1)
                await #expect(throws: CardError(.noService, subject: "")) { try await PCSCService().readers() }
            }
        }
    }

    @Test func `a service that stays and refuses is a refusal`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                _ = try ClosingService(mostRefusals: nil)
                let error = await #expect(throws: CardError.self) { try await PCSCService().readers() }
                #expect(error?.code == .notAllowed)
            }
        }
    }

    @Test func `one that does not hear the whole question is a refusal too`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                _ = try ClosingService(mostRefusals: nil, isHasty: true)
                let error = await #expect(throws: CardError.self) { try await PCSCService().readers() }
                #expect(error?.code == .notAllowed)
            }
        }
    }
}
