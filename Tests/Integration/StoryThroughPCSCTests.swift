import CardIO
import Synchronization
import Testing
import ValueElement
import ValueProtocol

@testable import Demonstration

/// The main job through a real pcscd.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct StoryThroughPCSCTests {
    /// Ceremony, issue, load, redemption, losses, attacks and books, with both cards in readers.
    @Test func `the whole story with both cards in readers`() async throws {
        try await VirtualReaders.lend(2) { readers in
            let master = try await readers.insert(Cast.blankMasterCard(), slot: 0)
            let subscriber = try await readers.insert(Cast.blankCard(CipherSuite()), slot: 1)
            let lines = Mutex<[String]>([])
            let setting = Demonstration.Setting.readers(
                master: .name(readers.slots[0].reader), subscriber: .name(readers.slots[1].reader))
            try await Demonstration(setting).run { line in lines.withLock { $0.append(line) } }
            #expect(lines.withLock { $0.last }?.contains("every difference is 0 micro-units") == true)
            await master.remove()
            await subscriber.remove()
        }
    }
}
