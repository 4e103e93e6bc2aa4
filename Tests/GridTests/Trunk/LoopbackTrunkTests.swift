import ISO7816
import Testing
import ValueProtocol

@testable import Grid

@Suite(.timeLimit(.minutes(1))) struct LoopbackTrunkTests {
    static let meter = TrunkWorld.meter(3)

    @Test func `commands reach a unit, also over one interruption after the other`() async {
        let trunk = LoopbackTrunk(to: TrunkWorld.unit) { exchange in
            await Task.yield()
            return .answered(exchange.command + [0x90, 0])
        }
        await withTaskGroup(of: Void.self) { group in
            for number in UInt8(0)..<100 {
                group.addTask {
                    let outcome = await trunk.exchange(
                        with: Self.meter, device: .element, priority: .reading, timeLimit: .seconds(600),
                        command: [number])
                    #expect(outcome == .answered([number, 0x90, 0]))
                    if number % 10 == 0 { trunk.connect() }
                }
            }
        }
    }

    @Test func `what is asked for without a connection waits for it, or is taken back`() async {
        let trunk = LoopbackTrunk(to: TrunkWorld.unit) { _ in .answered([0x90, 0]) }
        trunk.cut()
        let ask: @Sendable () async -> ExchangeOutcome = {
            await trunk.exchange(
                with: Self.meter, device: .element, priority: .load, timeLimit: .seconds(600), command: [1])
        }
        let (first, second) = (Task { await ask() }, Task { await ask() })
        second.cancel()
        // Or it was answered before the cut.
        #expect([.notSent(.cancelled), .answered([0x90, 0])].contains(await second.value))
        trunk.connect()
        #expect(await first.value == .answered([0x90, 0]))
    }

    @Test func `an exchange that is taken back cancels who works on it`() async {
        let (started, start) = AsyncStream<Void>.makeStream()
        let trunk = LoopbackTrunk(to: TrunkWorld.unit) { _ in
            start.yield()
            // Ends where the task is cancelled.
            for await _ in AsyncStream<Void>.makeStream().stream {}
            return .notSent(.cancelled)
        }
        let task = Task {
            await trunk.exchange(
                with: Self.meter, device: .element, priority: .load, timeLimit: .seconds(600), command: [1])
        }
        for await _ in started { break }
        task.cancel()
        #expect(await task.value == .notSent(.cancelled))
    }

    @Test func `reports arrive`() async {
        let (arrived, arrive) = AsyncStream<UnitReport>.makeStream()
        let trunk = LoopbackTrunk(
            to: TrunkWorld.unit, reports: { arrive.yield($0) }, serve: { _ in .notSent(.silent) })
        await trunk.report(.back(Self.meter, .line))
        for await report in arrived {
            #expect(report.unit == TrunkWorld.unit)
            #expect(report.content == .back(Self.meter, .line))
            break
        }
    }

    @Test(arguments: [
        (ExchangeOutcome.answered([0x90, 0]), nil), (.answered([]), CardError.Code.cardUnresponsive),
        (.answered([0x90]), .malformedAnswer), (.notSent(.noCard), .noCard), (.notSent(.late), .deadlineExceeded),
        (.notSent(.silent), .readerUnavailable), (.notSent(.disconnected), .notConnected),
        (.perhapsDone(.silent), .callCancelled),
    ])
    func `a card channel over a trunk says what is known`(outcome: ExchangeOutcome, code: CardError.Code?) async throws
    {
        let trunk = LoopbackTrunk(to: TrunkWorld.unit) { _ in outcome }
        let channel = TrunkCardChannel(to: Self.meter, over: trunk)
        let command = try CommandAPDU([0, 0xB0, 0, 0])
        do throws(CardError) {
            let answer = try await channel.transmit(command)
            #expect(code == nil && answer.bytes == [0x90, 0])
        } catch {
            #expect(error.code == code)
        }
    }
}
