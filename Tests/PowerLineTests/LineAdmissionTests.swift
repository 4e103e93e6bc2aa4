import TestSupport
import Testing

@testable import PowerLine

/// Who has a meter's line, in virtual time.
@Suite("Admission to a line") struct LineAdmissionTests {
    /// A port to which anybody connects, and a head-end that wants to be heard.
    private struct Port {
        var admission = LineAdmission(limit: .seconds(5))
        var now = Duration.zero
        var open: [Int: String] = [:]
        private var last = 0

        mutating func connect(from peer: String) -> Int {
            last += 1
            open[last] = peer
            if let gone = admission.opened(last, from: peer, at: now) { open[gone] = nil }
            return last
        }

        mutating func pass(_ time: Duration) {
            let end = now + time
            while true {
                for (id, _) in admission.advance(to: now) { open[id] = nil }
                guard let wake = admission.wake, wake < end else { break }
                now = max(now, wake)
            }
            now = end
            for (id, _) in admission.advance(to: now) { open[id] = nil }
        }
    }

    @Test func `the first to show a frame has the line, and keeps it while nobody else wants it`() {
        var port = Port()
        let (silent, host) = (port.connect(from: "a"), port.connect(from: "b"))
        port.pass(.seconds(1))
        #expect(port.admission.holder == nil)
        port.admission.heardFrame(from: host, at: port.now)
        port.pass(.zero)
        #expect(port.admission.holder == host)
        port.pass(.seconds(100_000))
        #expect(port.admission.holder == host && port.open[silent] == nil)
    }

    @Test func `idle connections are closed, and never take the head-end's place`() {
        var port = Port()
        let host = port.connect(from: "h")
        port.admission.heardFrame(from: host, at: port.now)
        port.pass(.zero)
        port.admission.proved()
        for _ in 0..<100 {
            _ = port.connect(from: "a")
            #expect(port.open.count <= LineAdmission.places)
        }
        #expect(port.admission.holder == host)
        // It connects anew in the middle of it, and has its place.
        port.admission.closed(host)
        port.open[host] = nil
        let again = port.connect(from: "h")
        for _ in 0..<100 { _ = port.connect(from: "a") }
        port.admission.heardFrame(from: again, at: port.now)
        port.pass(.zero)
        #expect(port.admission.holder == again)
        port.pass(.seconds(6))
        #expect(port.open.count == 1)
    }

    @Test func `who proves nothing has one turn, and the known address does not wait for it`() {
        var port = Port()
        let first = port.connect(from: "h")
        port.admission.heardFrame(from: first, at: port.now)
        port.pass(.zero)
        port.admission.proved()
        port.admission.closed(first)
        port.open[first] = nil
        let replayer = port.connect(from: "a")
        port.admission.heardFrame(from: replayer, at: port.now)
        port.pass(.milliseconds(10))
        #expect(port.admission.holder == replayer)
        let host = port.connect(from: "h")
        port.admission.heardFrame(from: host, at: port.now)
        port.pass(.zero)
        #expect(port.admission.holder == host && port.open[replayer] == nil)
    }

    /// Attackers on every place, with frames of their own, who connect again at once; nobody was proved yet.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a host that nobody knows yet has the line within a turn of each place`(_ seed: UInt64) throws {
        var (port, random) = (Port(), SeededGenerator(seed: seed))
        func attack() {
            for _ in 0..<LineAdmission.places {
                port.admission.heardFrame(from: port.connect(from: "a"), at: port.now)
            }
        }
        attack()
        port.pass(.zero)
        let begin = port.now
        var host = port.connect(from: "h")
        while port.admission.holder != host {
            // Who is turned away comes again, as the attackers do.
            if port.open[host] == nil { host = port.connect(from: "h") }
            port.admission.heardFrame(from: host, at: port.now)
            port.pass(.milliseconds(Int.random(in: 1...900, using: &random)))
            if let holder = port.admission.holder { port.admission.heardFrame(from: holder, at: port.now) }
            if Bool.random(using: &random) { attack() }
            try #require(port.now - begin < .seconds(1_000))
        }
        // From then on it is known.
        port.admission.proved()
        for _ in 0..<50 {
            attack()
            port.admission.heardFrame(from: host, at: port.now)
            port.pass(.milliseconds(Int.random(in: 1...4_000, using: &random)))
            #expect(port.admission.holder == host)
        }
        // Also after its connection was lost.
        port.admission.closed(host)
        port.open[host] = nil
        port.pass(.zero)
        attack()
        host = port.connect(from: "h")
        port.admission.heardFrame(from: host, at: port.now)
        port.pass(.zero)
        #expect(port.admission.holder == host)
    }

    @Test func `a known host that is silent makes room for another that asks`() {
        var port = Port()
        let host = port.connect(from: "h")
        port.admission.heardFrame(from: host, at: port.now)
        port.pass(.zero)
        port.admission.proved()
        let other = port.connect(from: "h")
        port.admission.heardFrame(from: other, at: port.now)
        port.pass(.seconds(4))
        #expect(port.admission.holder == host)
        port.admission.heardFrame(from: host, at: port.now)
        port.pass(.seconds(4))
        #expect(port.admission.holder == host)
        port.pass(.seconds(2))
        #expect(port.admission.holder == other)
    }

    @Test func `sessions that show nothing are limited so that a meter's life endures them`() {
        var limit = SessionLimit(interval: .seconds(1))
        let initialize: [UInt8] = [0x80, 0x50, 0, 0]
        var begun = 0
        for step in 0..<100_000 where limit.admits(initialize, at: .milliseconds(step * 10)) { begun += 1 }
        // 64 at once, and one per second: 2³² of them take 136 years.
        #expect((1_000...1_065).contains(begun))
        // An honest host has as many as it wants.
        var honest = SessionLimit(interval: .seconds(1))
        for step in 0..<1_000 {
            let isAdmitted = honest.admits(initialize, at: .milliseconds(step))
            #expect(isAdmitted)
            honest.record([0x80, 0x52, 0, 0], [0x90, 0x00])
        }
    }
}
