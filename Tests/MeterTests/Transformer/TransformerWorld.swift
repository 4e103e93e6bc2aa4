import CardCrypto
import ISO7816
import Issuing
import Meter
import Metrology
import TestWorlds
import ValueElement
import ValueProtocol

/// A local unit's meter over memory in RAM whose power a test can cut at any write, and its time.
final class TransformerWorld {
    static let unitID = PartyID(issuer: 0x00A1_B2C3, kind: .localUnit, number: 5)
    static let monday = TestElectricMeter.monday
    /// 3 × 230 V, 400/5 A.
    static let threePhases = TransformerConfiguration(
        transformer: CurrentTransformer(primary: 400, secondary: 5), localOffset: 60)

    /// The crystal of its clock.
    final class Crystal: CrystalClock {
        var seconds: UInt32
        var hasStopped = false
        init(_ seconds: UInt32) { self.seconds = seconds }
        func restart() { hasStopped = false }
    }

    let power = FailureSwitch()
    let memory: VolatileMemory
    let crystal: Crystal
    private(set) var meter: TransformerMeter
    private let measurements: [ChannelMeasurement]
    /// Its crystal's time in seconds.
    var time: UInt32 {
        get { crystal.seconds }
        set { crystal.seconds = newValue }
    }

    /// A unit that is blank.
    init(
        blank configuration: TransformerConfiguration, from time: UInt32 = monday,
        measurements: [ChannelMeasurement] = []
    ) throws {
        let suite = try CipherSuite()
        let transport = suite.elementKey(Self.master(.transport), .transport, for: Self.unitID)
        memory = VolatileMemory(
            TransformerMeter.records(Self.unitID, transportKey: transport, configuration), failure: power)
        crystal = Crystal(time)
        self.measurements = measurements
        meter = try Self.started(memory, crystal, measurements)
    }

    /// A unit that a desk has issued.
    convenience init(
        _ configuration: TransformerConfiguration = threePhases, from time: UInt32 = monday,
        measurements: [ChannelMeasurement] = []
    ) throws {
        try self.init(blank: configuration, from: time, measurements: measurements)
        try issue()
    }

    private static func started(
        _ memory: VolatileMemory, _ crystal: Crystal, _ measurements: [ChannelMeasurement]
    ) throws -> TransformerMeter {
        let parts = TransformerParts(
            clock: AdjustableClock { crystal.seconds }, crystal: crystal, measurements: measurements)
        return try TransformerMeter(memory, parts: parts)
    }

    /// Restores power: the unit starts from its memory.
    func powerUp() throws {
        power.restorePower()
        meter = try Self.started(memory, crystal, measurements)
    }

    /// The element in its memory, whatever the running unit's state.
    var image: ElementImage { get throws { try ValueCard.images(in: memory).element } }

    // MARK: Issuing and the host

    static func master(_ name: KeyName) -> Secret {
        Secret(copying: [UInt8](repeating: name.purpose.rawValue << 4 | name.version, count: 16))
    }

    /// What the desk plans with a master-key card that holds a key of each purpose.
    static func plan(_ purses: [PursePlan] = []) throws -> IssuePlan {
        let suite = try CipherSuite()
        return try IssuePlan(
            eid: unitID, held: names.map { KeyDescriptor($0, suite.checkValue(of: master($0))) }, purses: purses)
    }

    private static let names = [KeyName.transport] + Purpose.allCases.map { KeyName($0, 1) }

    /// A desk with a master-key card issues the unit.
    func issue() throws {
        let image = MasterKeyImage(
            keys: Self.names.map { StoredKey(name: $0, key: Self.master($0)) }, pins: ["1231"],
            rules: DeskRules(first: Self.unitID, count: 1, allowing: Issuing.IssuingRules.issuing))
        let masterID = PartyID(issuer: 0x00A1_B2C3, kind: .masterKeyCard, number: 1)
        let card = MasterKeyCard(try TestCard(image, element: ElementImage(issued: masterID)).channel)
        try card.select()
        try card.verify(try PIN(Secret(copying: Array("1231".utf8))), of: KeyCustodian.all[0])
        let desk = IssuingDesk(authority: MasterKeyCardAuthority(card), journal: MemoryJournal()) {
            Timestamp(rawValue: Self.monday)
        }
        _ = try desk.issue(try Self.plan(), over: try InProcessChannel(meter))
    }

    /// A session of the host under the key of a purpose.
    func session(_ purpose: Purpose) throws -> HostSession {
        let name = KeyName(purpose, 1)
        let key = try CipherSuite().elementKey(Self.master(name), name, for: Self.unitID)
        return try HostSession(meter, Self.unitID, name, key: key)
    }

    /// The host's SET CLOCK; returns what the clock showed before.
    func setClock(to time: UInt32) throws -> [UInt8] {
        var session = try session(.admin)
        return try session.execute(.setClock, SetClock(Timestamp(rawValue: time)).request)
    }

    // MARK: Energy

    /// Lets a minute pass at a load on each phase; it begins with the unit's `tick()`.
    func minute(watts: Int64, givenBack: Int64 = 0) throws {
        try meter.tick()
        let phases = meter.configuration.phases
        func energy(_ watts: Int64) -> [Energy] {
            Array(repeating: Energy(microjoules: watts * 60_000_000), count: phases)
        }
        try meter.count(energy(watts), exported: energy(givenBack))
        time += 60
    }

    /// Wh from the line and to it, of all phases.
    var wattHours: (imported: UInt64, exported: UInt64) {
        func whole(_ energies: [Energy]) -> UInt64 {
            UInt64(energies.reduce(.zero, +).microjoules / Energy.microjoulesPerWattHour)
        }
        return (whole(meter.reading.imported), whole(meter.reading.exported))
    }

    /// The Wh of a series' records.
    func sum(_ series: UsageSeries) -> UInt64 { meter.usage(series).reduce(0) { $0 + UInt64($1.quantity) } }

    /// Whether the records of each series add up to the registers, and none costs anything.
    var addsUp: Bool {
        let (imported, exported) = wattHours
        let used: [UsageSeries] = [.hours, .days, .weeks, .months, .quarterHours]
        let givenBack: [UsageSeries] = [.hoursGivenBack, .quarterHoursGivenBack]
        return used.allSatisfy { sum($0) == imported } && givenBack.allSatisfy { sum($0) == exported }
            && (used + givenBack).allSatisfy { meter.usage($0).allSatisfy { $0.spent == .zero } }
    }
}
