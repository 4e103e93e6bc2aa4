import CardIO
import ISO7816
import Testing

/// A service that refuses, and one that ends at this program's first call, which looks the same on its socket. Each test
/// runs in a separate process, since libpcsclite looks for its service once per process.
@Suite struct RefusalTests {
    @Test func `a service that ends at the first call is not running`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                _ = try ClosingService(maxRefusals: 1)
                await #expect(throws: CardError(.noService, subject: "")) { try await PCSCService().readers() }
            }
        }
    }

    @Test func `a service that stays and refuses is a refusal`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                _ = try ClosingService(maxRefusals: nil)
                let error = await #expect(throws: CardError.self) { try await PCSCService().readers() }
                #expect(error?.code == .notAllowed)
            }
        }
    }

    @Test func `one that does not hear the whole question is a refusal too`() async {
        await #expect(processExitsWith: .success) {
            await reporting {
                _ = try ClosingService(maxRefusals: nil, isHasty: true)
                let error = await #expect(throws: CardError.self) { try await PCSCService().readers() }
                #expect(error?.code == .notAllowed)
            }
        }
    }
}
