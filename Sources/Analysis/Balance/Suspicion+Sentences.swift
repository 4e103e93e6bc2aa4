internal import ValueProtocol

extension Suspicion {
    /// What is suspected, and each reason, in a sentence.
    public var sentences: [String] {
        let what =
            switch kind {
            case .tap: "Energy is drawn that no meter sees"
            case .bypass(let meter): "Meter \(meter) measures only a part of what passes it"
            }
        let amount = "\(energy.text(1)) ± \(energyError.text(1)) kWh"
        return ["\(what) since \(since.dateTime.prefix(10)): \(amount) so far."] + reasons.map(\.sentence)
    }
}

extension SuspicionReason {
    /// The reason in a sentence.
    public var sentence: String {
        switch self {
        case .unexplained(let perDay, let error, let days):
            "For \(days) days, \(perDay.text(2)) ± \(error.text(2)) kWh per day are missing that neither meters nor losses, "
                + "nor errors learned before explain."
        case .draws(.always): "It is drawn day and night alike."
        case .draws(.night): "It is drawn from 18:00 to 06:00 UTC."
        case .draws(.day): "It is drawn from 06:00 to 18:00 UTC."
        case .follows(let meter, let share, let error):
            "What is missing rises and falls with what meter \(meter) measures, as if it did not measure "
                + "\((100 * share).text(1)) ± \((100 * error).text(1)) % of what passes it."
        case .fell(let meter, let before, let after):
            "Meter \(meter) measures \(after.text(0)) W on average since then, and \(before.text(0)) W before."
        case .nextBest(.tap, let behind):
            "The next explanation is a tap beside all meters, \(Self.odds(behind))."
        case .nextBest(.bypass(let meter), let behind):
            "The next explanation is meter \(meter), \(Self.odds(behind))."
        case .withinTransformerClass(let percent, let share):
            "It is \((100 * share).text(2)) % of the branch's energy: less than a transformer of class \(percent.text(1)) "
                + "may err, and seen only because it began."
        case .filled(let meter, let share):
            "Of meter \(meter), \((100 * share).text(1)) % of the records since then are missing and were estimated."
        }
    }

    /// How much less likely the next explanation makes the records: a logarithm in words.
    private static func odds(_ behind: Double) -> String {
        let tens = (behind / 2.302_585).rounded(.down)
        return switch tens {
        case ..<1: "which is almost as likely"
        case ..<2: "which is at least 10 times less likely"
        default: "which is at least 10^\(tens.text(0)) times less likely"
        }
    }
}

extension Double {
    /// With so many decimals, rounded.
    fileprivate func text(_ decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
        let rounded = (abs(self) * scale).rounded()
        guard rounded < 1e15 else { return "\(self)" }
        let digits = String(Int(rounded))
        let sign = self < 0 && rounded > 0 ? "-" : ""
        guard decimals > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
