internal import Grid

/// What will happen, by time; at the same time in the order in which it was planned.
struct EventQueue<Event: Sendable> {
    private struct Planned: Comparable, Sendable {
        let time: Duration
        let order: UInt64
        let event: Event

        static func < (left: Planned, right: Planned) -> Bool {
            left.time == right.time ? left.order < right.order : left.time < right.time
        }

        static func == (left: Planned, right: Planned) -> Bool { left.order == right.order }
    }

    private var heap = Heap<Planned>()
    private var order: UInt64 = 0

    /// When the next one happens; nil if nothing is planned.
    var nextTime: Duration? { heap.first?.time }

    mutating func push(_ event: Event, at time: Duration) {
        order += 1
        heap.insert(Planned(time: time, order: order, event: event))
    }

    mutating func pop() -> Event? { heap.removeFirst()?.event }
}
