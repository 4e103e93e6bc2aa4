import RandomRules
import TestSupport
import ValueProtocol

/// Prints supply rules and what they charge, for programs in other languages, one JSON object per line:
/// `RulesPricePrinter SEED COUNT YEARS [RULES…]`.
///
/// First come those in hexadecimal form, then COUNT random ones; of the first YEARS of all a year of minutes is charged.
///
/// - `samples`: moments, each `[time, channel, month's quantity, local minutes since 1970, rate, percent, price of a kWh,
///   1 where supply goes on without value]`.
/// - `year`: for each local month `[month, quantity, money, standing charges, money by rate]`; see ``YearOfMinutes``.
/// - `changed`: other bytes near the rules, and whether ours takes them.
@main enum RulesPricePrinter {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        let numbers = arguments.prefix(3).compactMap { UInt64($0) }
        guard numbers.count == 3 else { return print("usage: RulesPricePrinter SEED COUNT YEARS [RULES…]") }
        var random = SeededGenerator(seed: numbers[0])
        var number: UInt64 = 0
        func add(_ rules: SupplyRules) {
            printLine(of: rules, withYear: number < numbers[2], using: &random)
            number += 1
        }
        for text in arguments.dropFirst(3) {
            do throws(SupplyRulesError) { add(try SupplyRules(bytes(text))) } catch {
                return print("\(text): \(error)")
            }
        }
        for _ in 0..<numbers[1] { add(.any(using: &random)) }
    }

    private static func printLine(of rules: SupplyRules, withYear: Bool, using random: inout SeededGenerator) {
        var fields = ["\"rules\": \"\(hexText(rules.bytes))\""]
        let samples = (0..<60).map { _ in sample(of: rules, using: &random) }
        fields.append("\"samples\": [\(samples.joined(separator: ", "))]")
        if withYear { fields.append("\"year\": \(YearOfMinutes(rules).json)") }
        let changed = (0..<20).map { _ in
            let bytes = change(rules.bytes, using: &random)
            return "[\"\(hexText(bytes))\", \(isAccepted(bytes))]"
        }
        fields.append("\"changed\": [\(changed.joined(separator: ", "))]")
        print("{\(fields.joined(separator: ", "))}")
    }

    private static func sample(of rules: SupplyRules, using random: inout SeededGenerator) -> String {
        // 2026 to 2037, half of them at the first or last second of a minute where something may change.
        var time = UInt32.random(in: 1_767_225_600...2_145_916_800, using: &random)
        let schedule = TariffSchedule(rules)
        if Bool.random(using: &random) {
            let period = schedule.period(at: Timestamp(rawValue: time))
            time = Bool.random(using: &random) ? period.start.rawValue : period.end.rawValue - 1
        }
        let moment = Timestamp(rawValue: time)
        let period = schedule.period(at: moment)
        let channel = rules.sources[Int.random(in: 0..<rules.sources.count, using: &random)].channel
        var quantity = UInt64.random(in: 0...3_000_000, using: &random)
        if let block = rules.blocks.randomElement(using: &random), Bool.random(using: &random) {
            quantity = UInt64(block.above) + .random(in: 0...1, using: &random)
        }
        guard let prices = ChargeSystem.rules(rules).prices(channel: Int(channel), percent: period.percent) else {
            preconditionFailure("the channel is one of a source")
        }
        let isFriendly = FriendlySchedule(rules).isFriendly(at: moment)
        let numbers = [
            Int(time), Int(channel), Int(quantity), rules.localTime(at: moment).minuteNumber, Int(period.rate),
            Int(period.percent), Int(prices.price(monthQuantity: quantity).rawValue), isFriendly ? 1 : 0,
        ]
        return "\(numbers)"
    }

    private static func change(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...4, using: &random) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 1: bytes[index] = .random(in: 0...255, using: &random)
        case 2: bytes.remove(at: index)
        case 3: bytes.insert(.random(in: 0...255, using: &random), at: index)
        default: bytes.removeLast(bytes.count - index)
        }
        return bytes
    }

    private static func isAccepted(_ bytes: [UInt8]) -> Bool {
        do throws(SupplyRulesError) {
            _ = try SupplyRules(bytes)
            return true
        } catch {
            return false
        }
    }

    private static func hexText(_ bytes: [UInt8]) -> String {
        bytes.map { byte in String(byte >> 4, radix: 16) + String(byte & 0x0F, radix: 16) }.joined()
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
        }
    }
}
