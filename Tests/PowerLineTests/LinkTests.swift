import PowerLine
import Synchronization
import Testing
import ValueProtocol

/// Both ends of a link over a line that does everything wrong.
@Suite("Link") struct LinkTests {
    static let host = PartyID(issuer: 0x00A1_B2C3, kind: .host, number: 1)
    static let meter = PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77)

    /// Two ends, a line each way, and time in milliseconds.
    struct Run {
        var now = 0
        var requester = LineRequester(host, patience: .milliseconds(20))
        var responder: LineResponder
        var there: LossyLine
        var back: LossyLine
        var reader = LineFrameReader()
        /// What the element was given, in order.
        var processed: [[UInt8]] = []
        let numbers = Counter()

        init(_ faults: LossyLine.Faults, seed: UInt64) {
            let numbers = numbers
            responder = LineResponder(LinkTests.meter) { numbers.next() }
            there = LossyLine(faults, seed: seed)
            back = LossyLine(faults, seed: seed ^ 0xFFFF)
        }

        /// Drives until the requester no longer waits, or `limit` milliseconds passed.
        mutating func settle(limit: Int = 100_000) {
            let end = now + limit
            while requester.state == .waiting, now < end {
                requester.pass(.milliseconds(now))
                let output = requester.takeOutput()
                if !output.isEmpty { there.put(output, at: now) }
                now += 1
                for piece in there.take(at: now) { hear(piece) }
                for piece in back.take(at: now) { requester.receive(piece) }
            }
        }

        private mutating func hear(_ piece: [UInt8]) {
            for frame in reader.take(piece) {
                var given: [[UInt8]] = []
                let answer = responder.answer(frame) { command in
                    given.append(command)
                    return command.reversed() + [0x90, 0x00]
                }
                processed += given
                if let answer { back.put(answer.bytes, at: now) }
            }
        }

        mutating func open(_ nonce: UInt8) {
            requester.open(nonce: [0, 0, 0, 0, 0, 0, 0, nonce], at: .milliseconds(now))
            settle()
        }

        mutating func ask(_ command: [UInt8]) {
            requester.request(command, at: .milliseconds(now))
            settle()
        }
    }

    /// Numbers of connections, one after the other.
    final class Counter: Sendable {
        private let last = Mutex<UInt32>(0)
        func next() -> UInt32 {
            last.withLock {
                $0 += 1
                return $0
            }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `each request is done once and has its own answer`(_ seed: UInt64) {
        var run = Run(.rough, seed: seed)
        run.open(1)
        #expect(run.requester.state == .opened)
        var sent: [[UInt8]] = []
        for number in 0..<100 as Range<UInt8> {
            let command: [UInt8] = [0x80, 0x52, number, 0x7E, 0x7D]
            sent.append(command)
            run.ask(command)
            #expect(run.requester.state == .answered(command.reversed() + [0x90, 0x00]))
            #expect(run.processed == sent)
            // A new connection in between, as after a host's restart.
            if number % 25 == 24 { run.open(number) }
        }
    }

    @Test func `a late repetition of an earlier connection is not done again`() throws {
        var run = Run(.none, seed: 1)
        run.open(1)
        let late = LineFrame(
            .request, from: Self.host, to: Self.meter, connection: 1, sequence: 1, [0xAA])
        run.ask([0xAA])
        run.open(2)
        run.ask([0xBB])
        let answer = run.responder.answer(late) { _ in
            Issue.record("it was done again")
            return nil
        }
        #expect(answer?.kind == .unknown)
        run.ask([0xCC])
        #expect(run.processed == [[0xAA], [0xBB], [0xCC]])
    }

    @Test func `a late open ends nothing`() {
        var run = Run(.none, seed: 1)
        run.open(1)
        run.ask([0xAA])
        let late = LineFrame(.open, from: Self.host, to: .none, [9, 9, 9, 9, 9, 9, 9, 9])
        #expect(run.responder.answer(late) { _ in nil }?.kind == .opened)
        run.ask([0xBB])
        #expect(run.requester.state == .answered([0xBB, 0x90, 0x00]))
    }

    @Test func `a meter that began anew says so, and a new connection serves`() {
        var run = Run(.none, seed: 1)
        run.open(1)
        run.ask([0xAA])
        run.responder = LineResponder(Self.meter) { 77 }
        run.ask([0xBB])
        #expect(run.requester.state == .unknown)
        #expect(!run.requester.isOpen)
        run.open(2)
        run.ask([0xCC])
        #expect(run.processed == [[0xAA], [0xCC]])
    }

    @Test func `an answer that comes after it was given up is dropped`() {
        var run = Run(.none, seed: 1)
        run.open(1)
        run.requester.request([0xAA], at: .milliseconds(run.now))
        let frame = LineFrame(.response, from: Self.meter, to: Self.host, connection: 1, sequence: 1, [0x90, 0x00])
        run.requester.giveUp()
        run.requester.receive(frame.bytes)
        #expect(run.requester.state == .idle)
        run.ask([0xBB])
        #expect(run.requester.state == .answered([0xBB, 0x90, 0x00]))
    }

    @Test func `an element that gives no answer, or too long a one, is said to be silent`() {
        var responder = LineResponder(Self.meter) { 5 }
        _ = responder.answer(LineFrame(.open, from: Self.host, to: .none, [1, 2, 3, 4, 5, 6, 7, 8])) { _ in nil }
        let request = { LineFrame(.request, from: Self.host, to: .none, connection: 5, sequence: $0, [1]) }
        #expect(responder.answer(request(1)) { _ in nil }?.kind == .silent)
        #expect(responder.answer(request(2)) { _ in [UInt8](repeating: 0, count: 265) }?.kind == .silent)
        #expect(responder.answer(request(3)) { _ in [0x90, 0x00] }?.kind == .response)
        #expect(responder.answer(request(2)) { _ in [0x90, 0x00] } == nil)
    }

    @Test func `frames for others, of others and of nobody are not answered`() {
        var responder = LineResponder(Self.meter) { 5 }
        let nonce: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        let other = PartyID(issuer: 1, kind: .electricMeter, number: 2)
        for frame in [
            LineFrame(.open, from: Self.host, to: other, nonce), LineFrame(.open, from: .none, to: Self.meter, nonce),
            LineFrame(.open, from: Self.host, to: Self.meter, [1]),
            LineFrame(.response, from: Self.host, to: Self.meter, connection: 5, sequence: 1),
        ] { #expect(responder.answer(frame) { _ in [0x90, 0x00] } == nil) }
        _ = responder.answer(LineFrame(.open, from: Self.host, to: .none, nonce)) { _ in nil }
        let stolen = LineFrame(.request, from: other, to: Self.meter, connection: 5, sequence: 1, [1])
        #expect(responder.answer(stolen) { _ in [0x90, 0x00] }?.kind == .unknown)
        var requester = LineRequester(Self.host, asking: Self.meter)
        requester.open(nonce: nonce, at: .zero)
        requester.receive(LineFrame(.opened, from: other, to: Self.host, connection: 5, nonce).bytes)
        requester.receive(LineFrame(.opened, from: Self.meter, to: other, connection: 5, nonce).bytes)
        requester.receive(LineFrame(.opened, from: Self.meter, to: Self.host, connection: 5, [0]).bytes)
        #expect(requester.state == .waiting)
    }
}
