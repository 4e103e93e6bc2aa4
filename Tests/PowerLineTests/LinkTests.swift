import LineTesting
import PowerLine
import Synchronization
import TestSupport
import Testing
import ValueProtocol

/// Both ends of a link over a line with every kind of fault.
@Suite("Link") struct LinkTests {
    static let host = PartyID(issuer: 0x00A1_B2C3, kind: .host, number: 1)
    static let meter = PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77)

    /// Our own meter's end, in the form required by the suite for other implementations; `flaw` changes its answers.
    private func subject(
        _ flaw: @escaping (LineFrame, LineFrame?) -> LineFrame? = { _, answer in answer }
    ) -> MeterEndConformance.Subject {
        let connections = Counter()
        return MeterEndConformance.Subject(id: Self.meter) { process in
            var responder = LineResponder(Self.meter) { connections.next() }
            var reader = LineFrameReader()
            return { bytes in
                reader.feed(bytes).flatMap { frame in flaw(frame, responder.answer(frame, process))?.bytes ?? [] }
            }
        }
    }

    /// Consecutive connection numbers.
    final class Counter: Sendable {
        private let last = Mutex<UInt32>(0)
        func next() -> UInt32 {
            last.withLock {
                $0 += 1
                return $0
            }
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `our meter's end holds what the suite asks of any`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        try MeterEndConformance(subject()).check(using: &random)
    }

    @Test func `an end that does a repeated request again is found`() {
        let connections = Counter()
        let forgetful = MeterEndConformance.Subject(id: Self.meter) { process in
            var responder = LineResponder(Self.meter) { connections.next() }
            var reader = LineFrameReader()
            return { bytes in
                reader.feed(bytes).flatMap { frame -> [UInt8] in
                    // The element receives each frame of a request, although the responder answers only one.
                    if frame.kind == .request { _ = process(frame.payload) }
                    return responder.answer(frame) { $0.reversed() + [0x90, 0x00] }?.bytes ?? []
                }
            }
        }
        var random = SeededGenerator(seed: 1)
        #expect(throws: MeterEndConformance.Violation.self) {
            try MeterEndConformance(forgetful).check(using: &random)
        }
    }

    @Test func `an end that answers for others, or says nothing of silence, is found`() {
        let (host, meter) = (Self.host, Self.meter)
        let flaws: [(LineFrame, LineFrame?) -> LineFrame?] = [
            { frame, answer in answer ?? LineFrame(.unknown, from: meter, to: host, connection: frame.connection) },
            { _, answer in answer?.kind == .silent ? nil : answer },
            { _, answer in answer?.kind == .unknown ? nil : answer },
        ]
        for (index, flaw) in flaws.enumerated() {
            var random = SeededGenerator(seed: 1)
            #expect(throws: MeterEndConformance.Violation.self, "flaw \(index)") {
                try MeterEndConformance(subject(flaw)).check(using: &random)
            }
        }
    }

    @Test func `an answer that comes after it was given up is dropped`() {
        var requester = LineRequester(Self.host)
        requester.open(nonce: [1, 2, 3, 4, 5, 6, 7, 8], at: .zero)
        requester.receive(
            LineFrame(.opened, from: Self.meter, to: Self.host, connection: 1, [1, 2, 3, 4, 5, 6, 7, 8]).bytes)
        requester.request([0xAA], at: .zero)
        let frame = LineFrame(.response, from: Self.meter, to: Self.host, connection: 1, sequence: 1, [0x90, 0x00])
        requester.cancel()
        requester.receive(frame.bytes)
        #expect(requester.state == .idle)
        requester.request([0xBB], at: .zero)
        requester.receive(frame.bytes)
        #expect(requester.state == .waiting)
        requester.receive(
            LineFrame(.response, from: Self.meter, to: Self.host, connection: 1, sequence: 2, [0x90, 0x00]).bytes)
        #expect(requester.state == .answered([0x90, 0x00]))
    }

    @Test func `a host takes no frame of others, and none of another connection`() {
        let nonce: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        let other = PartyID(issuer: 1, kind: .electricMeter, number: 2)
        var requester = LineRequester(Self.host, asking: Self.meter)
        requester.open(nonce: nonce, at: .zero)
        requester.receive(LineFrame(.opened, from: other, to: Self.host, connection: 5, nonce).bytes)
        requester.receive(LineFrame(.opened, from: Self.meter, to: other, connection: 5, nonce).bytes)
        requester.receive(LineFrame(.opened, from: Self.meter, to: Self.host, connection: 5, [0]).bytes)
        #expect(requester.state == .waiting)
    }
}
