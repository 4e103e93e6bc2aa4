/// What use of one source costs at one rate, by blocks of the month's use (protocol §10).
///
/// Quantities are in Wh or litres, or in finer units of which `unitsPerThousand` make a kWh or m³, so that a meter can
/// charge microjoules. All is exact: a price is a whole number of micro-units per kWh, and what a step leaves of a
/// micro-unit is carried on.
public struct BlockPrices: Sendable, Hashable {
    /// How many units make a kWh or m³: 1,000 for Wh or litres, 3.6 × 10¹² for microjoules.
    public let unitsPerThousand: UInt64
    /// Parts of a micro-unit in which a step's remainder is told.
    public let partsPerMicroUnit: UInt64
    /// By which prices are multiplied.
    private let weight: UInt64
    /// Ascending by bound; the first is at 0.
    private let blocks: [Block]

    private struct Block: Hashable {
        /// In units.
        let above: UInt64
        /// Micro-units per kWh or m³.
        let price: UInt64
    }

    /// - Parameters:
    ///   - price: micro-units per kWh or m³.
    ///   - percent: of the rate, 0 to 1000.
    ///   - blocks: of the rules, in ascending order.
    ///   - unitsPerThousand: how many units of quantity make a kWh or m³; a multiple of 1,000.
    ///   - anglePercent: of the price, by the angle between voltage and current, at most 1000; nil where no angle counts.
    public init(
        price: Amount, percent: UInt16, blocks: [SupplyRules.Block] = [], unitsPerThousand: UInt64 = 1000,
        anglePercent: UInt16? = nil
    ) {
        self.unitsPerThousand = unitsPerThousand
        weight = UInt64(anglePercent ?? 1)
        partsPerMicroUnit = unitsPerThousand * (anglePercent == nil ? 1 : 100)
        func block(above: UInt64, _ blockPercent: UInt16) -> Block {
            let exact = UInt128(price.rawValue) * UInt128(percent) * UInt128(blockPercent) / 10_000
            return Block(above: above, price: UInt64(clamping: exact))
        }
        self.blocks =
            [block(above: 0, 100)]
            + blocks.map { block(above: UInt64($0.above) * (unitsPerThousand / 1000), $0.percent) }
    }

    /// What a kWh or m³ costs once the month's use so far is `monthQuantity`: ⌊price × rate × block ÷ 10,000⌋
    /// micro-units, of the highest block whose bound it exceeds.
    public func price(monthQuantity: UInt64) -> Amount {
        Amount(rawValue: (blocks.dropFirst().last { $0.above < monthQuantity } ?? blocks[0]).price)
    }

    /// What a step costs, from the month's use so far on; a bound inside the step divides it.
    ///
    /// - Parameters:
    ///   - quantity: of the step, in units.
    ///   - monthQuantity: of all sources in this month before the step, in units.
    ///   - remainder: what the step before left, below ``partsPerMicroUnit``; 0 at first.
    /// - Returns: whole micro-units, and what is left of one in parts of ``partsPerMicroUnit``, to be carried on. An amount
    ///   beyond 64 bits is the greatest there is, and leaves nothing.
    public func cost(
        of quantity: UInt64, monthQuantity: UInt64, after remainder: UInt64
    ) -> (amount: Amount, remainder: UInt64) {
        var parts = UInt128(remainder)
        var left = quantity
        var (position, index) = start(monthQuantity)
        while left > 0 {
            let bound = index + 1 < blocks.count ? blocks[index + 1].above : .max
            let piece = index + 1 < blocks.count ? min(left, bound - position) : left
            let (cost, isTooMuch) = (UInt128(blocks[index].price) * UInt128(weight))
                .multipliedReportingOverflow(by: UInt128(piece))
            let (sum, isFull) = parts.addingReportingOverflow(cost)
            guard !isTooMuch, !isFull else { return (.all, 0) }
            parts = sum
            left -= piece
            position = bound
            index += 1
        }
        let (amount, rest) = parts.quotientAndRemainder(dividingBy: UInt128(partsPerMicroUnit))
        guard let amount = UInt64(exactly: amount) else { return (.all, 0) }
        return (Amount(rawValue: amount), UInt64(rest))
    }

    /// The greatest step that costs no more than `balance`; the most that 64 bits hold, where use costs nothing.
    ///
    /// - Parameters:
    ///   - balance: what may be spent.
    ///   - monthQuantity: of all sources in this month before the step, in units.
    ///   - remainder: what the step before left, below ``partsPerMicroUnit``.
    public func affordable(_ balance: Amount, monthQuantity: UInt64, after remainder: UInt64) -> UInt64 {
        var parts = (UInt128(balance.rawValue) + 1) * UInt128(partsPerMicroUnit) - 1 - UInt128(remainder)
        var quantity: UInt64 = 0
        var (position, index) = start(monthQuantity)
        while true {
            let isLast = index + 1 == blocks.count
            let price = UInt128(blocks[index].price) * UInt128(weight)
            let most = price == 0 ? UInt64.max : UInt64(clamping: parts / price)
            let piece = isLast ? most : min(most, blocks[index + 1].above - position)
            let (sum, overflow) = quantity.addingReportingOverflow(piece)
            guard !overflow else { return .max }
            quantity = sum
            parts -= price * UInt128(piece)
            guard !isLast, piece == blocks[index + 1].above - position else { return quantity }
            position = blocks[index + 1].above
            index += 1
        }
    }

    /// Where the month's use stands, and the block of what is used next.
    private func start(_ monthQuantity: UInt64) -> (position: UInt64, index: Int) {
        (monthQuantity, blocks.lastIndex { $0.above <= monthQuantity } ?? 0)
    }
}
