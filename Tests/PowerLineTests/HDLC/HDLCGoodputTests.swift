import Foundation
import LineTesting
import PowerLine
import TestSupport
import Testing

/// What a line with errors carries: with lengths that the ends choose, and with the best fixed ones.
@Suite("HDLC goodput") struct HDLCGoodputTests {
    private static let isCampaign = ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] != nil
    /// Bytes of a message, each way in turn.
    private static let message = 1_500

    /// Information carried per second, in bytes, once the ends have seen some frames; with a length and window, or with those
    /// that the ends choose.
    private func goodput(
        _ errorRate: Double, bitRate: Int, fixed: (length: Int, window: Int)?, bytes: Int, seed: UInt64
    ) -> Double {
        var run = HDLCWorld.run(bitRate: bitRate, faults: .bitErrors(errorRate), seed: seed) { command in
            [UInt8](repeating: 2, count: command.count > 10 ? 2 : Self.message)
        }
        run.line.isRecording = false
        if let fixed {
            run.primary.fixedLength = fixed.length
            run.primary.fixedWindow = fixed.window
            run.station[.element]?.fixedLength = fixed.length
            run.station[.element]?.fixedWindow = fixed.window
        }
        var (carried, began, exchanges) = (0, Duration.zero, 0)
        while carried < bytes {
            let isLong = exchanges % 2 == 0
            // Before it counts, 60 frames at the least.
            if exchanges == 16 { (carried, began) = (0, run.now) }
            if case .answered = run.exchange([UInt8](repeating: 1, count: isLong ? Self.message : 5)) {
                carried += Self.message
            }
            exchanges += 1
            // A length with which nothing gets through.
            if run.now > .seconds(bytes / 20) { return 0 }
            if exchanges < 17 { carried = 0 }
        }
        return Double(carried) / ((run.now - began) / .seconds(1))
    }

    @Test(arguments: [0, 1e-4, 1e-3, 2e-3], [9_600, 128_000])
    func `what the ends choose carries nine tenths of the best`(_ errorRate: Double, _ bitRate: Int) {
        let bytes = Self.isCampaign ? 150_000 : errorRate < 1e-3 ? 20_000 : 60_000
        let lengths = Self.isCampaign ? [8, 12, 16, 24, 32, 40, 48, 64, 96, 128, 192, 257] : Self.around(errorRate)
        var (best, which) = (0.0, (length: 0, window: 0))
        for length in lengths {
            for window in Self.isCampaign ? Array(1...7) : errorRate == 0 ? [7] : [2, 3] {
                let found = goodput(errorRate, bitRate: bitRate, fixed: (length, window), bytes: bytes, seed: 1)
                if found > best { (best, which) = (found, (length, window)) }
            }
        }
        let chosen = goodput(errorRate, bitRate: bitRate, fixed: nil, bytes: bytes, seed: 1)
        #expect(chosen >= 0.9 * best, "the best is \(which)")
        if Self.isCampaign { print("goodput", errorRate, bitRate, chosen, best, chosen / best, which) }
    }

    /// Where the best is found; the campaign tries all.
    private static func around(_ errorRate: Double) -> [Int] {
        switch errorRate {
        case 0: [257]
        case ...1e-4: [96, 128]
        case ...1e-3: [24, 32]
        default: [12, 16]
        }
    }

    @Test func `the estimate comes to the line's rate`() {
        for (errorRate, range) in [(1e-4, 0.0002...0.004), (1e-3, 0.005...0.02), (2e-3, 0.01...0.04)] {
            var run = HDLCWorld.run(faults: .bitErrors(errorRate), seed: 5)
            run.line.isRecording = false
            for _ in 0..<12 { _ = run.exchange([UInt8](repeating: 1, count: 1_500)) }
            #expect(range.contains(run.primary.byteErrorRate), "\(run.primary.byteErrorRate) at \(errorRate)")
        }
    }
}
