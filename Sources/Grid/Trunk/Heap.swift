/// A binary heap: the least element is taken first.
package struct Heap<Element: Comparable & Sendable>: Sendable {
    package init() {}

    private var elements: [Element] = []

    package var first: Element? { elements.first }
    var count: Int { elements.count }

    package mutating func insert(_ element: Element) {
        elements.append(element)
        var index = elements.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard elements[index] < elements[parent] else { return }
            elements.swapAt(index, parent)
            index = parent
        }
    }

    @discardableResult
    package mutating func removeFirst() -> Element? {
        guard let first = elements.first else { return nil }
        let last = elements.removeLast()
        guard !elements.isEmpty else { return first }
        elements[0] = last
        sink(0)
        return first
    }

    /// Removes all elements that do not satisfy `isKept`.
    mutating func keep(where isKept: (Element) -> Bool) {
        elements.removeAll { !isKept($0) }
        for index in stride(from: elements.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    private mutating func sink(_ start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < elements.count && elements[child] < elements[least] { least = child }
            guard least != index else { return }
            elements.swapAt(index, least)
            index = least
        }
    }
}
