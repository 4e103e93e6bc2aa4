import Grid
import PowerLine
import Testing
import ValueProtocol

/// A unit's engine, fed with frames by hand.
@Suite("What a unit hears on its line") struct LocalUnitHearingTests {
    private static let meter = PartyID(issuer: 0xA1, kind: .electricMeter, number: 7)
    private static let timing = HDLCTiming(bitRate: 9_600)

    private func unit() -> LocalUnit {
        let eid = PartyID(issuer: 0xA1, kind: .localUnit, number: 1)
        return LocalUnit(
            LocalUnit.Configuration(eid, Self.timing), nil, clock: 1_800_000_000, at: .zero, random: LineRandom(seed: 1)
        )
    }

    /// Lets the unit go on until it says something, and returns that.
    private func next(_ unit: inout LocalUnit, _ now: inout Duration) -> StationMessage? {
        for _ in 0..<100 {
            if !unit.dequeueChanges().isEmpty { unit.changesRecorded(at: now) }
            let output = unit.dequeueOutput()
            var reader = HDLCFrameReader()
            if let frame = reader.feed(output).first { return StationMessage(frame.information) }
            guard let wake = unit.wake else { return nil }
            now = max(now, wake)
            unit.advance(to: now)
        }
        return nil
    }

    private func answer(_ nonce: UInt32, to client: UInt8) -> [UInt8] {
        HDLCFrame(
            .response, HDLCServerAddress(.management, at: .unassigned), client: client, .unnumberedInformation,
            isFinal: false, information: StationMessage.present(Self.meter, nonce: nonce).bytes
        ).bytes
    }

    @Test func `two that answer as one meter get no station`() throws {
        var (unit, now) = (unit(), Duration.zero)
        guard case .discover? = next(&unit, &now) else { throw Unexpected() }
        now += .milliseconds(100)
        unit.receive(answer(1, to: unit.list.client), at: now)
        now += .milliseconds(30)
        unit.receive(answer(2, to: unit.list.client), at: now)
        guard case .discover? = next(&unit, &now) else { throw Unexpected() }
        #expect(unit.dequeueReports() == [.twins(Self.meter)])
        #expect(unit.list.count == 0)
        // One of them alone gets one.
        now += .milliseconds(100)
        unit.receive(answer(3, to: unit.list.client), at: now)
        guard case .assign(_, let grants)? = next(&unit, &now) else { throw Unexpected() }
        #expect(grants == [StationMessage.Grant(Self.meter, nonce: 3, station: 0x10)])
    }

    @Test func `a unit that hears another one under its own address takes another`() throws {
        var (unit, now) = (unit(), Duration.zero)
        guard case .discover? = next(&unit, &now) else { throw Unexpected() }
        let (client, epoch) = (unit.list.client, unit.list.epoch)
        let other = StationMessage.Unit(PartyID(issuer: 0xA1, kind: .localUnit, number: 2), epoch: 5)
        let discover = StationMessage.discover(other, slots: StationMessage.Slots(exponent: 3, milliseconds: 50))
        func frame(_ client: UInt8) -> [UInt8] {
            HDLCFrame(
                .command, HDLCServerAddress(.management, at: .all), client: client, .unnumberedInformation,
                isFinal: false, information: discover.bytes
            ).bytes
        }
        now += .milliseconds(500)
        unit.receive(frame(client == 0x20 ? 0x21 : 0x20), at: now)
        #expect(unit.dequeueReports() == [.otherUnit(other)])
        #expect(unit.list.client == client)
        unit.receive(frame(client), at: now)
        #expect(unit.list.client != client)
        #expect(unit.list.epoch > epoch)
        #expect(unit.dequeueReports() == [.otherUnit(other)])
    }

    @Test func `what is under way ends when the unit takes another address, even if all were heard`() throws {
        let (eid, other) = (PartyID(issuer: 0xA1, kind: .localUnit, number: 1), PartyID(rawValue: 9))
        let list = try #require(StationList([.began(epoch: 1, client: 0x20), .given(Self.meter, station: 0x10)]))
        var configuration = LocalUnit.Configuration(eid, Self.timing)
        configuration.discoveryInterval = .seconds(100_000)
        var unit = LocalUnit(configuration, list, clock: 1, at: .zero, random: LineRandom(seed: 1))
        var now = Duration.zero
        while unit.isRegistering || now == .zero {
            _ = unit.dequeueOutput()
            now = max(now, try #require(unit.wake))
            unit.advance(to: now)
        }
        let id = ExchangeID(origin: 1, number: 1)
        unit.accept(
            Exchange(id, with: Self.meter, .element, .reading, until: now + .seconds(600), command: [1]), at: now)
        #expect(unit.isUnderWay(id))
        _ = unit.dequeueOutput()
        now += .seconds(1)
        let discover = StationMessage.discover(
            StationMessage.Unit(other, epoch: 5), slots: StationMessage.Slots(exponent: 0, milliseconds: 50))
        // The unit's own address last.
        for client in (0x02...0x7E as ClosedRange<UInt8>).filter({ $0 != 0x20 }) + [0x20] {
            let frame = HDLCFrame(
                .command, HDLCServerAddress(.management, at: .all), client: client, .unnumberedInformation,
                isFinal: false, information: discover.bytes)
            unit.receive(frame.bytes, at: now)
        }
        #expect(unit.list.client != 0x20)
        let outcomes = unit.dequeueOutcomes()
        #expect(outcomes.map(\.id) == [id])
        // SNRM alone was sent.
        #expect(outcomes.first?.outcome == .notSent(.restarted))
        #expect(!unit.isUnderWay(id))
    }

    @Test func `sessions that never show a good S3 are limited, and honest ones are not`() throws {
        let station: UInt16 = 0x10
        let list = try #require(StationList([.began(epoch: 1, client: 0x20), .given(Self.meter, station: station)]))
        var configuration = LocalUnit.Configuration(
            PartyID(issuer: 0xA1, kind: .localUnit, number: 1), HDLCTiming(bitRate: 128_000))
        configuration.discoveryInterval = .seconds(100_000)
        var unit = LocalUnit(configuration, list, clock: 1, at: .zero, random: LineRandom(seed: 1))
        var meter = HDLCStation(
            [HDLCSecondary(.element, timing: HDLCTiming(bitRate: 128_000))], timing: HDLCTiming(bitRate: 128_000),
            membership: StationMembership(
                of: Self.meter,
                StationMembership.Assignment(
                    station: station, client: 0x20,
                    unit: StationMessage.Unit(PartyID(issuer: 0xA1, kind: .localUnit, number: 1), epoch: 1))))
        var now = Duration.zero
        var number: UInt64 = 0
        func exchange(_ command: [UInt8]) -> ExchangeOutcome? {
            number += 1
            unit.accept(
                Exchange(
                    ExchangeID(origin: 1, number: number), with: Self.meter, .element, .load,
                    until: now + .seconds(60), command: command), at: now)
            for _ in 0..<100 {
                if let outcome = unit.dequeueOutcomes().first { return outcome.outcome }
                let output = unit.dequeueOutput()
                if !output.isEmpty {
                    now += .milliseconds(3)
                    meter.receive(output, at: now)
                    while let command = meter[.element]?.dequeueCommand() {
                        meter[.element]?.answer([0x90, 0x00], to: command, at: now)
                    }
                    unit.receive(meter.dequeueOutput(), at: now)
                } else if let wake = unit.wake {
                    now = max(now, wake)
                    unit.advance(to: now)
                }
            }
            return nil
        }
        // Discovery, which nobody answers, is over first.
        while let wake = unit.wake, unit.isRegistering || now == .zero {
            _ = unit.dequeueOutput()
            now = max(now, wake)
            unit.advance(to: now)
        }
        let (initialize, execute): ([UInt8], [UInt8]) = ([0x80, 0x50, 0x01, 0x01], [0x80, 0x52, 0x01, 0x00])
        for _ in 0..<200 {
            #expect(exchange(initialize) == .answered([0x90, 0x00]))
            #expect(exchange(execute) == .answered([0x90, 0x00]))
        }
        let outcomes = (0..<100).map { _ in exchange(initialize) }
        #expect(outcomes.count { $0 == .answered([0x90, 0x00]) } <= 66)
        #expect(outcomes.last == .notSent(.sessions))
        #expect(unit.dequeueReports().contains(.sessionsRefused(Self.meter)))
        // What is in the sessions goes on.
        #expect(exchange(execute) == .answered([0x90, 0x00]))
        now += .seconds(60)
        #expect(exchange(initialize) == .answered([0x90, 0x00]))
    }

    private struct Unexpected: Error {}
}
