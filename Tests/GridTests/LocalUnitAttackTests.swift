import Grid
import PowerLine
import Testing
import ValueProtocol

/// A unit whose line is disturbed on purpose, in virtual time.
@Suite("A local unit under attack") struct LocalUnitAttackTests {
    private static let meter = PartyID(issuer: 0xA1, kind: .electricMeter, number: 7)
    private static let other = PartyID(issuer: 0xA1, kind: .localUnit, number: 2)

    /// A unit on a line with one meter, which answers whatever it is asked, and an attacker.
    private struct Line {
        var now = Duration.zero
        var unit: LocalUnit
        var meter: HDLCStation
        private(set) var outcomes: [Duration] = []
        private(set) var lists = 0

        init(_ timing: HDLCTiming) throws {
            let list = try #require(
                StationList([.began(epoch: 1, client: 0x20), .given(LocalUnitAttackTests.meter, station: 0x10)]))
            unit = LocalUnit(
                LocalUnit.Configuration(PartyID(issuer: 0xA1, kind: .localUnit, number: 1), timing), list, clock: 1,
                at: .zero, random: LineRandom(seed: 1))
            meter = HDLCStation(
                [HDLCSecondary(.element, timing: timing)], timing: timing,
                membership: StationMembership(
                    of: LocalUnitAttackTests.meter,
                    StationMembership.Assignment(
                        station: 0x10, client: 0x20,
                        unit: StationMessage.Unit(PartyID(issuer: 0xA1, kind: .localUnit, number: 1), epoch: 1)),
                    random: LineRandom(seed: 2)))
        }

        /// Lets time pass; `attack` says what the attacker sends now, and when it is to be asked again.
        mutating func run(until end: Duration, attack: (Duration, LocalUnit) -> ([UInt8], next: Duration)) {
            var attackDue = now
            while now < end {
                if now >= attackDue {
                    let (bytes, next) = attack(now, unit)
                    if !bytes.isEmpty {
                        unit.receive(bytes, at: now)
                        meter.receive(bytes, at: now)
                    }
                    attackDue = max(next, now + .microseconds(100))
                }
                unit.advance(to: now)
                let changes = unit.dequeueChanges()
                lists += changes.count { if case .began = $0 { true } else { false } }
                if !changes.isEmpty { unit.changesRecorded(at: now) }
                let output = unit.dequeueOutput()
                if !output.isEmpty {
                    meter.receive(output, at: now)
                    while let command = meter[.element]?.dequeueCommand() {
                        meter[.element]?.answer([0x90, 0x00], to: command, at: now)
                    }
                    _ = meter.dequeueChange()
                    let answer = meter.dequeueOutput()
                    if !answer.isEmpty { unit.receive(answer, at: now + .milliseconds(1)) }
                }
                for (_, outcome) in unit.dequeueOutcomes() {
                    if outcome == .answered([0x90, 0x00]) { outcomes.append(now) }
                }
                let wake = [unit.wake, meter.wake, attackDue].compactMap { $0 }.min() ?? end
                now = max(now + .microseconds(50), min(wake, end))
            }
        }

        mutating func ask(_ count: Int) {
            for number in 1...count {
                unit.accept(
                    Exchange(
                        ExchangeID(origin: UInt64(now.components.seconds + 1), number: UInt64(number)),
                        with: LocalUnitAttackTests.meter, .element, .reading, until: now + .seconds(3_000), command: [1]
                    ),
                    at: now)
            }
        }
    }

    @Test func `a byte of garbage whenever meters are looked for does not hold up readings`() throws {
        let timing = HDLCTiming(bitRate: 9_600)
        var line = try Line(timing)
        line.ask(20)
        var reports: [LocalUnit.Report] = []
        // In every slot.
        line.run(until: .seconds(600)) { now, _ in ([0x55], next: now + .milliseconds(20)) }
        reports += line.unit.dequeueReports()
        #expect(line.outcomes.count == 20)
        #expect(reports.contains(.disturbed))
        #expect(LocalUnit.Report.disturbed.content == .attack(UnitReport.LineAttack(.jamming)))
    }

    @Test func `a byte of garbage a second costs next to nothing`() throws {
        var line = try Line(HDLCTiming(bitRate: 9_600))
        line.ask(100)
        line.run(until: .seconds(120)) { now, _ in ([0x7E], next: now + .seconds(1)) }
        #expect(line.outcomes.count == 100)
    }

    @Test func `who speaks under the unit's address again and again does not make it begin anew each time`() throws {
        var line = try Line(HDLCTiming(bitRate: 9_600))
        line.run(until: .seconds(3_600)) { now, unit in
            let discover = StationMessage.discover(
                StationMessage.Unit(Self.other, epoch: 5), slots: StationMessage.Slots(exponent: 0, milliseconds: 50))
            let frame = HDLCFrame(
                .command, HDLCServerAddress(.management, at: .all), client: unit.list.client, .unnumberedInformation,
                isFinal: false, information: discover.bytes)
            return (frame.bytes, next: now + .milliseconds(500))
        }
        // Once per quarter of an hour, at most.
        #expect((1...5).contains(line.lists))
        let reports = line.unit.dequeueReports()
        #expect((1...5).contains(reports.count { $0 == .impersonated }))
    }

    @Test func `frames of the meter that are replayed spoil no exchange for good`() throws {
        var line = try Line(HDLCTiming(bitRate: 9_600))
        line.ask(30)
        let server = HDLCServerAddress(.element, at: .number(0x10))
        let replayed = [
            HDLCFrame(.response, server, client: 0x20, .unnumberedAcknowledgement),
            HDLCFrame(.response, server, client: 0x20, .receiveReady(3)),
            HDLCFrame(.response, server, client: 0x20, .disconnectedMode),
        ]
        line.run(until: .seconds(300)) { now, _ in
            (replayed[Int(now.components.seconds) % replayed.count].bytes, next: now + .milliseconds(1_000))
        }
        // Each that was hit says that it is not known, or was asked again.
        #expect(line.outcomes.count >= 25)
    }
}
