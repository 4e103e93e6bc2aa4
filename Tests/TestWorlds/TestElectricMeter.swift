package import CardCrypto
package import Meter
import Metrology
package import ValueElement
package import ValueProtocol

/// An electric meter over memory in RAM whose power a test can cut at any write, and its time.
package final class TestElectricMeter {
    /// 2026-01-05, a Monday, 00:00 UTC.
    package static let monday: UInt32 = 1_767_571_200

    package let eid: PartyID
    package let power = FailureSwitch()
    package let memory: VolatileMemory
    package let relay = SimulatedRelay()
    package let buzzer = SimulatedBuzzer()
    package let sensors = SimulatedSensors()
    /// Its crystal's time in seconds.
    package var time: UInt32 {
        get { crystal.seconds }
        set { crystal.seconds = newValue }
    }
    package private(set) var meter: ElectricMeter
    private let crystal: Crystal

    private final class Crystal {
        var seconds: UInt32
        init(_ seconds: UInt32) { self.seconds = seconds }
    }

    package init(
        _ image: ElementImage, _ configuration: ElectricConfiguration, transportKey: Secret, from time: UInt32 = monday
    ) throws {
        eid = image.eid
        crystal = Crystal(time)
        memory = VolatileMemory(try Self.records(image, configuration, transportKey: transportKey), failure: power)
        meter = try Self.started(memory, relay, buzzer, sensors, crystal)
    }

    /// Of an issued meter.
    package static func records(
        _ image: ElementImage, _ configuration: ElectricConfiguration, transportKey: Secret
    ) throws -> [RecordName: [UInt8]] {
        try ElectricMeter.records(image.eid, transportKey: transportKey, configuration)
            .merging(ValueCard.records(image)) { $1 }
    }

    private static func started(
        _ memory: VolatileMemory, _ relay: SimulatedRelay, _ buzzer: SimulatedBuzzer, _ sensors: SimulatedSensors,
        _ crystal: Crystal
    ) throws -> ElectricMeter {
        try ElectricMeter(
            memory,
            parts: ElectricParts(
                relays: [relay], buzzer: buzzer, sensors: sensors, clock: AdjustableClock { crystal.seconds }))
    }

    /// Restores power: the meter starts from its memory.
    package func powerUp() throws {
        power.restorePower()
        meter = try Self.started(memory, relay, buzzer, sensors, crystal)
    }

    /// The state in its memory, whatever the running meter's state.
    package var image: ElementImage { get throws { try ValueCard.images(in: memory).element } }

    /// Lets minutes pass at a load of 1 kW, which draws while there is supply.
    package func pass(minutes: Int) throws {
        for _ in 0..<minutes {
            try meter.tick()
            if meter.decision.isOn { try meter.count([Energy(microjoules: 60_000_000_000)]) }
            time += 60
        }
        try meter.tick()
    }

    /// Lets hours pass at a load of 1 kW, in steps of a minute or more.
    package func pass(hours: Int, minutesPerTick minutes: Int = 1) throws {
        for _ in 0..<hours * 60 / minutes {
            try meter.tick()
            try meter.count([Energy(microjoules: 60_000_000_000 * Int64(minutes))])
            time += 60 * UInt32(minutes)
        }
        try meter.tick()
    }
}
