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

/// What a vector's meter has used, which stays: a transcript measures nothing.
struct ListedTotals: MeteredTotals {
    let totals: MeteredValue
    let channelCount: Int

    init(_ json: ElementJSON) {
        let used = json.account
        totals = MeteredValue(
            inUse: Amount(rawValue: used?.inUse ?? 0), spent: Amount(rawValue: used?.spent ?? 0),
            forfeited: Amount(rawValue: used?.forfeited ?? 0), paid: Amount(rawValue: used?.paid ?? 0),
            supply: MeterSupply(rawValue: used?.supply ?? 0)!)
        channelCount = json.channels ?? 1
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
