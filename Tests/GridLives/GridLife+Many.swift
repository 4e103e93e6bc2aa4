/// Many lives, one after the other.
package struct GridLives {
    package private(set) var table = FaultTable()
    package private(set) var count = 0
    package private(set) var stepCount = 0
    package private(set) var confirmedCount = 0
    package private(set) var refusedCount = 0
    /// Over the hashes of all lives, in their order.
    package private(set) var history = HistoryHash()
    private let size: GridLife.Size

    package init(_ size: GridLife.Size = GridLife.Size()) { self.size = size }

    /// Lives one more life.
    ///
    /// - Parameter seed: of it.
    /// - Throws: as ``GridLife/live(trouble:)``.
    package mutating func live(seed: UInt64) throws {
        let life = try GridLife(seed: seed, size)
        defer { table.add(life.table) }
        history.add("\(try life.live(trouble: size.trouble))")
        count += 1
        stepCount += life.stepCount
        confirmedCount += life.ended.confirmed
        refusedCount += life.ended.refused
    }
}
