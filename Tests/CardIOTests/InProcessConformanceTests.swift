import CardIOTesting
import ISO7816
import Testing

@Suite struct InProcessConformanceTests {
    struct Carrier: CarrierUnderTest {
        let card: ReferenceCard
        nonisolated(unsafe) let channel: InProcessChannel

        init() throws {
            card = ReferenceCard()
            channel = try InProcessChannel(card)
        }

        func withChannel(_ body: sending @escaping (any CardChannel) throws -> Void) async throws { try body(channel) }
        func reset() async throws { try channel.reset() }
        func revive() async throws { try channel.reset() }
    }

    @Test(arguments: CarrierConformance.Check.allCases)
    func `the in-process carrier passes`(check: CarrierConformance.Check) async throws {
        try await CarrierConformance().run(check, on: Carrier())
    }

    /// Proves that the checks detect errors.
    struct BrokenCarrier: CarrierUnderTest {
        enum Flaw: CaseIterable { case cutsCommands, cutsAnswers, repeatsAnswers, hides61, answersDead, skipsReset }
        final class BrokenChannel: CardChannel {
            let inner: InProcessChannel
            let flaw: Flaw
            var last: ResponseAPDU?
            init(_ inner: InProcessChannel, _ flaw: Flaw) { (self.inner, self.flaw) = (inner, flaw) }

            func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
                if flaw == .repeatsAnswers, let last { return last }
                if flaw == .cutsCommands, command.bytes.count > 200 {
                    do {
                        return try inner.transmit(CommandAPDU(Array(command.bytes.prefix(4))))
                    } catch {
                        throw CardError(.communication, subject: "broken")
                    }
                }
                do {
                    let answer = try inner.transmit(command)
                    last = answer
                    if flaw == .cutsAnswers {
                        return ResponseAPDU(data: answer.data.prefix(128), status: answer.status)
                    }
                    if flaw == .hides61, answer.status.sw1 == 0x61 { return ResponseAPDU(status: .success) }
                    return answer
                } catch {
                    if flaw == .answersDead { return ResponseAPDU(status: StatusWord(0x6F00)) }
                    throw error
                }
            }
        }

        let card: ReferenceCard
        nonisolated(unsafe) let channel: BrokenChannel

        init(_ flaw: Flaw) throws {
            card = ReferenceCard()
            channel = BrokenChannel(try InProcessChannel(card), flaw)
        }

        func withChannel(_ body: sending @escaping (any CardChannel) throws -> Void) async throws { try body(channel) }
        func reset() async throws { if channel.flaw != .skipsReset { try channel.inner.reset() } }
        func revive() async throws { try channel.inner.reset() }
    }

    @Test(arguments: zip(BrokenCarrier.Flaw.allCases, CarrierConformance.Check.allCases))
    func `a broken carrier fails`(flaw: BrokenCarrier.Flaw, check: CarrierConformance.Check) async throws {
        let carrier = try BrokenCarrier(flaw)
        let error = await #expect(throws: ConformanceFailure.self) {
            try await CarrierConformance().run(check, on: carrier)
        }
        #expect(error?.check == check)
    }
}
