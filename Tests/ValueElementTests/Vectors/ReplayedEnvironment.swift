import CardCrypto
import ValueElement
import ValueProtocol

/// Returns the random numbers that a vector lists, in order.
final class ListedRandomness: RandomSource {
    private var left: [AESBlock]
    init(_ blocks: [String]) { left = blocks.map { AESBlock(bytes($0))! } }

    func block() throws(CryptoError) -> AESBlock {
        guard !left.isEmpty else { throw CryptoError(.noRandomness, "the vector") }
        return left.removeFirst()
    }
}

/// The usage records that a vector lists.
final class ListedUsage: UsageLog {
    private let series: [UInt8: [[UInt8]]]
    init(_ usage: [ElementJSON.UsageJSON]) {
        series = Dictionary(uniqueKeysWithValues: usage.map { ($0.series, $0.records.map(bytes)) })
    }

    func records(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [[UInt8]] {
        (self.series[series.rawValue] ?? []).filter { record in
            let start = record.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
            return from.rawValue <= start && start <= to.rawValue
        }
    }
}
