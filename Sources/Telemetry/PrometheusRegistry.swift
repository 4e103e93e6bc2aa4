public import CoreMetrics
internal import Synchronization

/// The metrics of a program, as swift-metrics' back end, and as Prometheus reads them (text format 0.0.4).
///
///     let registry = PrometheusRegistry()
///     MetricsSystem.bootstrap(registry)
///     Counter(label: "valuestore_exchanges_total", dimensions: [("outcome", "answered")]).increment()
///     print(registry.text)
///
/// Counters are counters, meters and recorders that do not aggregate are gauges, recorders that do and timers are summaries of a
/// sum and a count; a timer's are in seconds. A metric that is made again is the same one, and none is ever removed: labels are
/// of a fixed set, or of meters, of which a unit has at most 256.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, summary
    }

    struct Key: Hashable, Sendable, Comparable {
        let name: String
        /// As they are written: `a="b",c="d"`.
        let labels: String

        static func < (left: Key, right: Key) -> Bool { (left.name, left.labels) < (right.name, right.labels) }
    }

    private let series = Mutex<[Key: Series]>([:])
    private let maxSeries: Int
    private let overflow = Series(.counter)

    /// - Parameter maxSeries: of more metrics than this, the others are not kept.
    public init(maxSeries: Int = 20_000) { self.maxSeries = maxSeries }

    /// Every metric, by name.
    public var text: String {
        let all = series.withLock { $0 }.sorted { $0.key < $1.key }
        var (text, last) = ("", "")
        for (key, series) in all {
            if key.name != last { text += "# TYPE \(key.name) \(series.kind.rawValue)\n" }
            last = key.name
            let labels = key.labels.isEmpty ? "" : "{\(key.labels)}"
            let (value, count) = series.values
            if series.kind == .summary {
                text += "\(key.name)_sum\(labels) \(Self.number(value))\n\(key.name)_count\(labels) \(count)\n"
            } else {
                text += "\(key.name)\(labels) \(Self.number(value))\n"
            }
        }
        let lost = Self.number(overflow.values.value)
        return lost == "0" ? text : text + "# TYPE telemetry_lost_total counter\ntelemetry_lost_total \(lost)\n"
    }

    private func series(_ label: String, _ dimensions: [(String, String)], _ kind: Kind) -> Series {
        let labels = dimensions.map { "\(Self.name($0.0, colon: false))=\"\(Self.escaped($0.1))\"" }
        let key = Key(name: Self.name(label, colon: true), labels: labels.joined(separator: ","))
        return series.withLock { series in
            // One name has one kind: what is made under it as another kind would not be readable.
            if let found = series[key] { return found.kind == kind ? found : overflow }
            guard series.count < maxSeries else { return overflow }
            let made = Series(kind)
            series[key] = made
            return made
        }
    }

    /// Whole numbers without a fraction.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value == value.rounded() && abs(value) < 9e15 ? String(Int64(value)) : "\(value)"
    }

    /// Letters, digits and underscores, in a metric's own name also colons; whatever else becomes an underscore.
    private static func name(_ text: String, colon: Bool) -> String {
        let name = text.unicodeScalars.map { scalar -> Character in
            let isGood =
                scalar.isASCII && (scalar.properties.isAlphabetic || scalar == "_" || (0x30...0x39) ~= scalar.value)
            return isGood || colon && scalar == ":" ? Character(scalar) : "_"
        }
        return name.first?.isNumber == false ? String(name) : "_" + String(name)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    // MARK: What swift-metrics asks for

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter)
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler { series(label, dimensions, .counter) }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge)
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler { series(label, dimensions, aggregate ? .summary : .gauge) }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .summary)
    }

    // They outlive whoever made them: a sum that began anew would be read as a restart.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}
}

/// One metric with its labels.
final class Series: Sendable {
    let kind: PrometheusRegistry.Kind
    private let state = Mutex<(value: Double, count: Int)>((0, 0))

    init(_ kind: PrometheusRegistry.Kind) { self.kind = kind }

    var values: (value: Double, count: Int) { state.withLock { $0 } }

    private func add(_ amount: Double) {
        state.withLock { state in
            state.value += amount
            state.count += 1
        }
    }
}

extension Series: CounterHandler, FloatingPointCounterHandler, RecorderHandler, MeterHandler, TimerHandler {
    func increment(by amount: Int64) { add(Double(amount)) }

    func increment(by amount: Double) {
        switch kind {
        // A counter never falls.
        case .counter: if amount >= 0 { add(amount) }
        case .gauge, .summary: add(amount)
        }
    }

    func reset() { state.withLock { $0 = (0, 0) } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { state.withLock { $0 = (value, 1) } }
    func decrement(by amount: Double) { add(-amount) }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { if kind == .gauge { set(value) } else { add(value) } }

    func recordNanoseconds(_ duration: Int64) { add(Double(duration) / 1e9) }
}
