import Foundation
import Metrology

/// Measures two channels' samples, `ours SECONDS TURNS FOLDER`: leaves the samples in FOLDER for the peer, and prints
/// `ns per sample TAB mean V TAB mean A TAB mean W` of the first channel, one line per turn.
@main
struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let seconds = Int(arguments[1]), let turns = Int(arguments[2]) else {
            FileHandle.standardError.write(Data("usage: metrology-times SECONDS TURNS FOLDER\n".utf8))
            exit(64)
        }
        let channels = [
            Samples(voltage: 220, seconds: seconds, seed: 1), Samples(voltage: 110, seconds: seconds, seed: 2),
        ]
        let folder = URL(filePath: arguments[3])
        for (index, channel) in channels.enumerated() {
            try Data(channel.voltage.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) })
                .write(to: folder.appending(path: "voltage\(index)"))
            try Data(channel.current.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) })
                .write(to: folder.appending(path: "current\(index)"))
        }
        try Data("\(channels[0].frontEnd.voltsPerCode) \(channels[0].frontEnd.amperesPerCode)".utf8)
            .write(to: folder.appending(path: "scale"))
        // One turn per line of input, so that the peer's turns come between ours.
        while readLine() != nil {
            for _ in 0..<turns {
                let start = ContinuousClock.now
                let results = channels.map { $0.measure() }
                let time = (ContinuousClock.now - start) / .nanoseconds(1)
                let samples = Double(channels.count * channels[0].voltage.count)
                let first = results[0]
                print(time / samples, first.voltage, first.current, first.power, separator: "\t")
            }
            fflush(nil)
        }
    }
}
