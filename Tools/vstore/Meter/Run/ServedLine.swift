import Meter
import MeterBench
import PowerLine

/// The line of a meter at its bench, served by this program.
final class ServedLine: BenchLine {
    private let server: MeterLineServer

    /// - Throws: `LineError` where the line cannot be served.
    init(_ address: LineAddress, _ meter: ElectricMeter) throws {
        server = try MeterLineServer(address, id: meter.id)
    }

    /// Where hosts reach the meter.
    var address: LineAddress { server.address }
    var served: Int { server.served }

    func serve(for duration: Duration, _ meter: ElectricMeter, slot: CardSlot) {
        server.serve(for: duration, meter, slot: slot)
    }
}
