import Grid
import GridTrunk
import Metrics
import ValueProtocol

/// The metrics of units and of a host's work with them. No key, amount or use is in them.
enum UnitMetrics {
    /// An exchange has ended.
    static func count(_ outcome: ExchangeOutcome, _ priority: Exchange.Priority) {
        let (name, cause): (String, String) =
            switch outcome {
            case .answered: ("answered", "")
            case .notSent(let cause): ("not_sent", cause.label)
            case .perhapsDone(let cause): ("perhaps_done", cause.label)
            }
        Counter(
            label: "valuestore_exchanges_total",
            dimensions: [("priority", "\(priority)"), ("outcome", name), ("cause", cause)]
        ).increment()
    }

    /// A unit has reported something.
    static func record(_ content: UnitReport.Content) {
        switch content {
        case .quality(let quality):
            let meter = [("meter", "\(quality.meter)")]
            Meter(label: "valuestore_line_byte_error_rate", dimensions: meter)
                .set(Double(quality.byteErrorRate) / 1_000_000)
            Counter(label: "valuestore_line_exchanges_total", dimensions: meter).increment(by: quality.exchanges)
            Counter(label: "valuestore_line_repeats_total", dimensions: meter).increment(by: quality.repeats)
        case .attack(let attack):
            Counter(label: "valuestore_line_attacks_total", dimensions: [("kind", "\(attack.kind)")])
                .increment(by: attack.count)
        case .lost(let count): Counter(label: "valuestore_reports_lost_total").increment(by: count)
        case .quiet, .back, .otherMeter, .otherUnit, .meters: break
        }
    }

    static func set(_ name: String, _ value: Int) { Meter(label: "valuestore_\(name)").set(value) }

    /// Exchanges with each unit below that have not ended.
    static func set(_ counts: [PartyID: Int]) {
        for (unit, count) in counts {
            Meter(label: "valuestore_unit_exchanges", dimensions: [("unit", "\(unit)")]).set(count)
        }
    }

    /// How many units below are connected.
    static func connected(_ change: Int) {
        let meter = Meter(label: "valuestore_units_connected")
        if change > 0 { meter.increment(by: 1) } else { meter.decrement(by: 1) }
    }
}

extension ExchangeOutcome.Cause {
    /// A word for programs.
    fileprivate var label: String {
        switch self {
        case .silent: "silent"
        case .unknownMeter: "unknown_meter"
        case .noCard: "no_card"
        case .late: "late"
        case .full: "full"
        case .disconnected: "disconnected"
        case .restarted: "restarted"
        case .cancelled: "cancelled"
        case .sessions: "sessions"
        }
    }
}
