package import CardCrypto
package import Meter
package import ValueElement
import ValueProtocol

/// An off-line gas meter over memory in RAM whose power a test can cut at any write. Its clock stands still until it is
/// set.
package final class TestGasMeter {
    /// 2026-01-01 00:00 UTC.
    package static let moment: UInt32 = 1_767_225_600

    package let power = FailureSwitch()
    package let memory: VolatileMemory
    package let valve = SimulatedValve()
    package let time = StillClock(moment)
    package private(set) var meter: OffLineMeter

    /// - Parameters:
    ///   - price: per cubic metre, in micro-units.
    ///   - lowCredit: below which it warns, in micro-units.
    package init(_ image: ElementImage, transportKey: Secret, price: UInt64 = 900_000, lowCredit: UInt64 = 0) throws {
        let records = OffLineMeter.records(
            image.eid, transportKey: transportKey, price: Amount(rawValue: price),
            lowCredit: Amount(rawValue: lowCredit))
        memory = VolatileMemory(records.merging(ValueCard.records(image)) { $1 }, failure: power)
        meter = try Self.started(memory, valve, time)
    }

    private static func started(
        _ memory: VolatileMemory, _ valve: SimulatedValve, _ time: StillClock
    ) throws -> OffLineMeter {
        try OffLineMeter(
            memory, name: "gas meter",
            parts: MeterParts(valve: valve, clock: AdjustableClock { time.now.rawValue }))
    }

    /// Restores power: the meter starts from its memory.
    package func powerUp() throws {
        power.restorePower()
        meter = try Self.started(memory, valve, time)
    }

    /// The state in its memory, whatever the running meter's state.
    package var image: ElementImage { get throws { try ValueCard.images(in: memory).element } }
    /// The reading of a meter that started now.
    package var stored: MeterReading { get throws { try Self.started(memory, SimulatedValve(), time).reading } }
}
