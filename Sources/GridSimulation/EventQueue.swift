/// What will happen, by time; at the same time in the order in which it was planned.
struct EventQueue<Event> {
    private struct Planned {
        let time: Duration
        let order: UInt64
        let event: Event

        static func < (left: Planned, right: Planned) -> Bool {
            left.time == right.time ? left.order < right.order : left.time < right.time
        }
    }

    /// A binary heap.
    private var heap: [Planned] = []
    private var order: UInt64 = 0

    /// When the next one happens; nil if nothing is planned.
    var nextTime: Duration? { heap.first?.time }

    mutating func push(_ event: Event, at time: Duration) {
        order += 1
        heap.append(Planned(time: time, order: order, event: event))
        var index = heap.count - 1
        while index > 0, heap[index] < heap[(index - 1) / 2] {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    mutating func pop() -> Event? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first.event }
        heap[0] = last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != index else { return first.event }
            heap.swapAt(index, least)
            index = least
        }
    }
}
