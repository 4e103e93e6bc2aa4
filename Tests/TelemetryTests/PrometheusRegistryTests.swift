import Metrics
import Testing

@testable import Telemetry

/// Metrics as Prometheus reads them.
struct PrometheusRegistryTests {
    private let registry = PrometheusRegistry(maxSeries: 6)

    @Test func `metrics of every kind are written in the text format`() {
        let counter = Counter(label: "exchanges_total", dimensions: [("outcome", "answered")], factory: registry)
        counter.increment()
        counter.increment(by: 2)
        Counter(label: "exchanges_total", dimensions: [("outcome", "not_sent")], factory: registry).increment()
        FloatingPointCounter(label: "seconds_total", factory: registry).increment(by: 0.5)
        Meter(label: "waiting", factory: registry).set(7)
        Timer(label: "round_seconds", factory: registry).recordNanoseconds(1_500_000_000)
        Recorder(label: "bytes", factory: registry).record(40)
        #expect(
            registry.text == """
                # TYPE bytes summary
                bytes_sum 40
                bytes_count 1
                # TYPE exchanges_total counter
                exchanges_total{outcome="answered"} 3
                exchanges_total{outcome="not_sent"} 1
                # TYPE round_seconds summary
                round_seconds_sum 1.5
                round_seconds_count 1
                # TYPE seconds_total counter
                seconds_total 0.5
                # TYPE waiting gauge
                waiting 7

                """)
    }

    @Test func `a metric that is made again goes on, and one that is destroyed stays`() {
        for _ in 0..<3 {
            let counter = Counter(label: "a", factory: registry)
            counter.increment()
            counter.destroy()
        }
        #expect(registry.text == "# TYPE a counter\na 3\n")
    }

    @Test func `names and labels that Prometheus does not take are changed, and values are escaped`() {
        Meter(label: "1st-line:ä", dimensions: [("a-b", "x\"y\\z\n")], factory: registry).set(-0.25)
        #expect(registry.text == "# TYPE _1st_line:_ gauge\n_1st_line:_{a_b=\"x\\\"y\\\\z\\n\"} -0.25\n")
    }

    @Test func `of more metrics than the limit it says how many increments are lost`() {
        for number in 0..<9 { Counter(label: "c\(number)", factory: registry).increment() }
        #expect(registry.text.contains("telemetry_lost_total 3\n"))
        #expect(!registry.text.contains("c6"))
        // Another kind under a known name is no other metric.
        Meter(label: "c0", factory: registry).set(5)
        #expect(registry.text.contains("c0 1\n"))
    }

    @Test func `many threads count together`() async {
        let registry = registry
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<1_000 { Counter(label: "a", factory: registry).increment() } }
            }
        }
        #expect(registry.text == "# TYPE a counter\na 8000\n")
    }
}
