import Grid
import GridSimulation
import LineTesting
import PowerLine
import Testing
import ValueProtocol

@Suite("Registration") struct RegistrationTests {
    private func expectEveryMeterAtItsStation(_ branch: SimulatedBranch) {
        #expect(Set(branch.unit.list.all) == Set(branch.meters.map(\.eid)))
        for meter in branch.meters {
            #expect(meter.station.membership.assignment?.station == branch.unit.list.station(of: meter.eid))
            #expect(meter.station.membership.assignment?.client == branch.unit.list.client)
        }
    }

    @Test func `every new meter has a station, and its connection proves it`() {
        var branch = SimulatedBranch(bitRate: 9_600, meters: 40, seed: 3)
        #expect(branch.run(until: .seconds(600)) { !$0.unit.isRegistering })
        expectEveryMeterAtItsStation(branch)
        for meter in branch.meters { #expect(meter.station[.element]?.client == branch.unit.list.client) }
        let joined = branch.reports.compactMap { if case .joined(let meter, _) = $0.report { meter } else { nil } }
        #expect(joined.sorted() == branch.meters.map(\.eid).sorted())
    }

    @Test(arguments: 1...2 as ClosedRange<UInt64>)
    func `256 new meters are assigned in two minutes while frames are lost`(_ seed: UInt64) {
        var faults = SimulatedLine.Faults()
        faults.loses = 0.05
        var branch = SimulatedBranch(bitRate: 2_400, meters: 256, faults: faults, seed: seed)
        #expect(
            branch.run(until: .seconds(120)) { branch in
                branch.meters.allSatisfy { $0.station.membership.assignment != nil }
            })
        #expect(
            branch.run(until: .seconds(180)) { branch in
                branch.meters.allSatisfy { $0.station[.element]?.client != nil }
            })
        expectEveryMeterAtItsStation(branch)
    }

    @Test func `a station is written down before it is assigned`() {
        var branch = SimulatedBranch(bitRate: 9_600, meters: 20, seed: 5)
        branch.writing = .seconds(30)
        #expect(!branch.run(until: .seconds(29)) { $0.meters.contains { $0.station.membership.assignment != nil } })
        #expect(
            branch.run(until: .seconds(600)) { branch in
                branch.meters.allSatisfy { $0.station.membership.assignment != nil }
            })
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a unit that is killed at any time ends with every meter at one station`(_ seed: UInt64) {
        var branch = SimulatedBranch(bitRate: 9_600, meters: 20, seed: seed)
        branch.run(until: .milliseconds(350 * Int(seed)))
        branch.restartUnit(keepsList: seed % 2 == 0)
        branch.run(until: .seconds(2 * 3_600))
        expectEveryMeterAtItsStation(branch)
    }

    @Test func `a meter that loses power keeps its station`() {
        var branch = SimulatedBranch(bitRate: 9_600, meters: 5, seed: 2)
        branch.run(until: .seconds(60))
        let station = branch.unit.list.station(of: branch.meters[2].eid)
        branch.setPower(false, of: 2)
        branch.setPower(true, of: 2)
        #expect(branch.meters[2].station.membership.assignment?.station == station)
        branch.accept(
            Exchange(
                ExchangeID(origin: 1, number: 1), with: branch.meters[2].eid, .element, .reading, until: .seconds(100),
                command: [1]))
        branch.run(until: .seconds(100))
        #expect(branch.outcomes.map(\.outcome) == [.answered([1, 0x90, 0x00])])
    }

    @Test func `only listed meters get a station`() {
        let listed = Set((1...4).map { PartyID(issuer: 0xA1, kind: .electricMeter, number: $0) })
        var branch = SimulatedBranch(bitRate: 9_600, meters: 6, seed: 2, configure: { $0.listed = listed })
        branch.run(until: .seconds(60))
        #expect(Set(branch.unit.list.all) == listed)
        let others = branch.reports.compactMap { if case .notListed(let meter) = $0.report { meter } else { nil } }
        // They answer in every round, and are reported once.
        #expect(others.sorted() == branch.meters.map(\.eid).filter { !listed.contains($0) }.sorted())
    }

    @Test func `a line has 256 stations, and what is beyond is reported`() {
        var branch = SimulatedBranch(bitRate: 128_000, meters: 258, seed: 2)
        branch.run(until: .seconds(120))
        #expect(branch.unit.list.count == 256)
        #expect(branch.reports.contains { if case .lineFull = $0.report { true } else { false } })
    }

    @Test func `A meter that lost power before it proved its station is asked again, and reported`() {
        var branch = SimulatedBranch(bitRate: 9_600, meters: 1, configure: { $0.discoveryInterval = .seconds(60) })
        #expect(branch.run(until: .seconds(60)) { $0.meters[0].kept != nil })
        branch.setPower(false, of: 0)
        branch.run(until: branch.now + .seconds(40))
        branch.setPower(true, of: 0)
        branch.run(until: branch.now + .seconds(130))
        #expect(branch.reports.map(\.report).contains(.joined(branch.meters[0].eid, station: 0x10)))
    }
}
