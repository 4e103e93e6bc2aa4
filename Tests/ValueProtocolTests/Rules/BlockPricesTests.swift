import RandomRules
import TestSupport
import Testing
import ValueProtocol

@Suite struct BlockPricesTests {
    private let blocks = [SupplyRules.Block(above: 100, percent: 120), SupplyRules.Block(above: 300, percent: 50)]

    /// 180,001 micro-units at 75 % are 135,000.75, so 135,000 below 100 Wh; at 120 % of that 162,000.9, so 162,000.
    @Test func `a price is rounded down once, per kWh`() {
        let prices = BlockPrices(price: Amount(rawValue: 180_001), percent: 75, blocks: blocks)
        #expect(
            [0, 100, 101, 300, 301].map { prices.price(monthQuantity: $0).rawValue }
                == [135_000, 135_000, 162_000, 162_000, 67_500])
    }

    /// By hand: 10 Wh at 1,000 + 200 Wh at 1,200 + 40 Wh at 500 micro-units per kWh: 10 + 240 + 20 micro-units.
    @Test func `a bound inside a step divides it`() {
        let prices = BlockPrices(price: Amount(rawValue: 1000), percent: 100, blocks: blocks)
        let cost = prices.cost(of: 250, monthQuantity: 90, after: 0)
        #expect(cost.amount.rawValue == 270 && cost.remainder == 0)
    }

    /// A step that begins at the bound is above it: one step or a thousand cost the same.
    @Test func `how use is divided into steps does not change what it costs`() {
        var random = SeededGenerator(seed: 20)
        for _ in 0..<200 {
            let rules = SupplyRules.any(using: &random)
            let prices = BlockPrices(
                price: rules.sources[0].price, percent: .random(in: 0...1000, using: &random), blocks: rules.blocks)
            let start = UInt64.random(in: 0...1_000_000, using: &random)
            var (spent, remainder, used): (UInt64, UInt64, UInt64) = (0, 0, 0)
            for _ in 0..<50 {
                let step = UInt64.random(in: 0...40_000, using: &random)
                let cost = prices.cost(of: step, monthQuantity: start + used, after: remainder)
                spent += cost.amount.rawValue
                (remainder, used) = (cost.remainder, used + step)
            }
            let whole = prices.cost(of: used, monthQuantity: start, after: 0)
            #expect(whole.amount.rawValue == spent && whole.remainder == remainder)
        }
    }

    @Test func `microjoules cost what Wh cost`() {
        var random = SeededGenerator(seed: 21)
        for _ in 0..<200 {
            let rules = SupplyRules.any(using: &random)
            let (price, percent) = (rules.sources[0].price, UInt16.random(in: 0...1000, using: &random))
            let coarse = BlockPrices(price: price, percent: percent, blocks: rules.blocks)
            let fine = BlockPrices(
                price: price, percent: percent, blocks: rules.blocks, unitsPerThousand: 3_600_000_000_000)
            let (quantity, start) = (
                UInt64.random(in: 0...1_000_000, using: &random), UInt64.random(in: 0...1_000_000, using: &random)
            )
            let cost = coarse.cost(of: quantity, monthQuantity: start, after: 0)
            let other = fine.cost(of: quantity * 3_600_000_000, monthQuantity: start * 3_600_000_000, after: 0)
            #expect(cost.amount == other.amount && other.remainder == cost.remainder * 3_600_000_000)
            #expect(coarse.price(monthQuantity: start) == fine.price(monthQuantity: start * 3_600_000_000))
        }
    }

    @Test func `the affordable step is the greatest`() {
        var random = SeededGenerator(seed: 22)
        var bounded = 0
        for _ in 0..<2000 {
            let rules = SupplyRules.any(using: &random)
            let prices = BlockPrices(
                price: rules.sources[0].price, percent: .random(in: 0...1000, using: &random), blocks: rules.blocks)
            let balance = Amount(rawValue: .random(in: 0...5_000_000, using: &random))
            let start = UInt64.random(in: 0...2_500_000, using: &random)
            let remainder = UInt64.random(in: 0...999, using: &random)
            let most = prices.affordable(balance, monthQuantity: start, after: remainder)
            #expect(prices.cost(of: most, monthQuantity: start, after: remainder).amount <= balance)
            if most < .max {
                bounded += 1
                #expect(prices.cost(of: most + 1, monthQuantity: start, after: remainder).amount > balance)
            }
        }
        #expect(bounded > 1000)
    }

    @Test func `numbers of 64 bits are exact or the greatest there is`() {
        let greatest = BlockPrices(
            price: SupplyRules.maxPrice, percent: 1000, blocks: [.init(above: .max, percent: 1000)])
        #expect(greatest.price(monthQuantity: .max).rawValue == 100_000_000_000_000)
        #expect(greatest.cost(of: .max, monthQuantity: .max, after: 999) == (.all, 0))
        #expect(greatest.affordable(.all, monthQuantity: 0, after: 999) > 0)
        let table = BlockPrices(price: .all, percent: 1000)
        #expect(table.price(monthQuantity: 0) == .all)
        #expect(table.cost(of: .max, monthQuantity: 0, after: 999).amount == .all)
        #expect(table.affordable(.all, monthQuantity: 0, after: 0) == 1000)
        let free = BlockPrices(price: SupplyRules.maxPrice, percent: 0)
        #expect(free.affordable(.zero, monthQuantity: 0, after: 0) == .max)
        let small = BlockPrices(price: Amount(rawValue: 1), percent: 100)
        #expect(small.cost(of: .max, monthQuantity: 0, after: 0) == (Amount(rawValue: .max / 1000), .max % 1000))
    }
}
