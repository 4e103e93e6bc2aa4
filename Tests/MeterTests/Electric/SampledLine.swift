import Foundation
import Meter
import Metrology

/// Converter codes of a line without noise, a tenth of a second at a time; its current stops when the relay is open.
struct SampledLine {
    let frontEnd: FrontEnd
    let relay: SimulatedRelay
    let volts: Double
    let hertz: Double
    var watts: Double
    private var count = 0

    init(_ rating: ChannelRating, _ relay: SimulatedRelay, watts: Double) {
        frontEnd = FrontEnd(for: rating)
        self.relay = relay
        volts = rating.nominalVoltage
        hertz = rating.nominalFrequency
        self.watts = watts
    }

    /// The next samples of both converters.
    mutating func next() -> (voltage: [Int16], current: [Int32]) {
        let samples = Int(frontEnd.sampleRate / 10)
        let amperes = relay.isClosed ? watts / volts : 0
        let range = count..<(count + samples)
        count += samples
        let sines = range.map { sin(2 * .pi * hertz * Double($0) / frontEnd.sampleRate) * 2.0.squareRoot() }
        return (
            sines.map { Int16((volts * $0 / frontEnd.voltsPerCode).rounded()) },
            sines.map { Int32((amperes * $0 / frontEnd.amperesPerCode).rounded()) }
        )
    }
}
