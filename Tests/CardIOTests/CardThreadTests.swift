import Dispatch
import ISO7816
import Synchronization
import TestSupport
import Testing

@testable import CardIO

@Suite struct CardThreadTests {
    @Test func `jobs run in order and all run before the thread ends`() async throws {
        let done = Kept<[Int]>([])
        let expected = Array(0..<1_000)
        await confirmation { confirm in
            await withCheckedContinuation { continuation in
                do {
                    let thread = try CardThread()
                    for number in expected { thread.perform { done.change { $0.append(number) } } }
                    thread.perform { continuation.resume() }
                } catch {
                    continuation.resume()
                }
            }
            if done.value == expected { confirm() }
        }
    }

    @Test func `an actor can live on a thread`() async throws {
        actor Counter {
            let thread: CardThread
            nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
            private var count = 0
            init(_ thread: CardThread) { self.thread = thread }
            func next() -> Int {
                count += 1
                return count
            }
        }
        let counter = Counter(try CardThread())
        for number in 1...100 { #expect(await counter.next() == number) }
    }

    @Test func `a deadline that has passed runs nothing`() async throws {
        let thread = try CardThread()
        let ran = Kept(false)
        await #expect(throws: CardError(.deadlineExceeded, subject: "")) {
            try await thread.call(subject: "test", deadline: .now - .seconds(1)) {
                (_: BlockingCall<Void, CardError>) throws(CardError) in ran.change { $0 = true }
            }
        }
        #expect(!ran.value)
    }

    @Test func `a call given up is dropped when it ends`() async throws {
        let thread = try CardThread()
        let gate = DispatchSemaphore(value: 0)
        let dropped = Kept<CardError?>(nil)
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let clock = HandClock()
        let deadline = clock.instant(after: .seconds(1))
        let call = DeadlineClock.$current.withValue(DeadlineClock(clock)) {
            Task {
                try await thread.call(
                    subject: "test", deadline: deadline,
                    dropped: { error, _ in dropped.change { $0 = error } },
                    work: { (_: BlockingCall<Void, CardError>) throws(CardError) in
                        begin.yield()
                        gate.wait()
                    })
            }
        }
        for await _ in begun { break }
        clock.advance(by: .seconds(2))
        await #expect(throws: CardError(.deadlineExceeded, subject: "")) { try await call.value }
        #expect(dropped.value == nil)
        gate.signal()
        // Runs after the cancelled call.
        try await thread.call(subject: "test", deadline: nil) {
            (_: BlockingCall<Void, CardError>) throws(CardError) in
        }
        #expect(dropped.value?.code == .deadlineExceeded)
    }

    @Test(arguments: [
        (0x8010_001D as UInt32, CardError.Code.noService), (0x8010_006A, .notAllowed), (0x8010_0069, .cardRemoved),
        (0x8010_0068, .cardReset), (0x8010_000B, .sharingViolation), (0x8010_000F, .protocolMismatch),
        (0x8010_0066, .cardUnresponsive), (0x8010_000C, .noCard), (0x8010_0017, .readerUnavailable),
        (0x8010_0009, .unknownReader), (0x8010_001F, .unsupported), (0x8010_000A, .deadlineExceeded),
        (0x8010_0013, .serviceLost), (0x1234_5678, .communication),
    ])
    func `results of the service become errors`(number: UInt32, code: CardError.Code) {
        #expect(PCSCError(call: "SCardConnect", number: number).code == code)
    }
}

/// Carries a value out of a job on another thread.
private final class Kept<Value: Sendable>: Sendable {
    private let kept: Mutex<Value>
    init(_ value: Value) { kept = Mutex(value) }
    var value: Value { kept.withLock { $0 } }
    func change(_ body: (inout Value) -> Void) {
        kept.withLock { value in
            var copy = value
            body(&copy)
            value = copy
        }
    }
}
