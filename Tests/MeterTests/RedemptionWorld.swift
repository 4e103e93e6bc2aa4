import CardIOTesting
import ISO7816
import Meter
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A meter and a card bound to it: the card's value is 50.00, and the meter's purse takes it all.
protocol RedemptionWorld {
    init() throws

    var subscriber: TestCard { get }
    /// The meter's power.
    var meterPower: FailureSwitch { get }
    /// The balances of the card's purse and the meter's, in micro-units.
    var onCard: UInt64 { get }
    var inMeter: UInt64 { get }

    /// Draws at most `max` from the card at `channel`.
    func redeem(_ max: Amount, over channel: any CardChannel) throws(MeterError)
    /// Draws all from the card.
    func redeemAll() throws(MeterError)
    /// The total value in the memories, and spent; minus the debt.
    func total() throws -> Int64
    /// Power returns to both, the card is inserted again, and the meter starts from its memory.
    func powerUpAgain() throws
}

/// The side whose power is cut.
enum RedemptionSide: CaseIterable { case card, meter }

extension RedemptionWorld {
    var card: ValueCard { subscriber.card }
    var channel: InProcessChannel { subscriber.channel }

    /// To the card, which is removed at one exchange: before the command reaches it, or before its answer arrives.
    func channel(losing fault: FaultyChannel.Fault) -> FaultyChannel {
        FaultyChannel(channel, plan: FaultPlan(fault), code: .cardRemoved)
    }

    func power(of side: RedemptionSide) -> FailureSwitch { side == .card ? subscriber.power : meterPower }

    /// Each message lost at each position, and again during recovery: nothing is lost, nothing doubled.
    static func expectNothingLost(_ first: FaultyChannel.Message, then second: FaultyChannel.Message) throws {
        for firstAt in 1...6 {
            for secondAt in 1...7 {
                let world = try Self()
                let before = try world.total()
                let one = world.channel(losing: .loses(first, of: firstAt - 1))
                let two = world.channel(losing: .loses(second, of: secondAt - 1))
                for channel in [one, two] {
                    do { try world.redeem(Amount(rawValue: 20_000_000), over: channel) } catch {
                        #expect(error == MeterError(.interrupted, "") || error == MeterError(.notACard, ""))
                    }
                    #expect(try world.total() == before)
                    try world.powerUpAgain()
                }
                try world.redeemAll()
                #expect(world.onCard == 0 && world.inMeter == 50_000_000, "\(first) \(firstAt), \(second) \(secondAt)")
            }
        }
    }

    /// Power is cut at a write of one side, and at another during recovery: nothing is lost, nothing doubled.
    ///
    /// - Returns: how many redemptions were interrupted.
    func cutPower(of side: RedemptionSide, atWrites writes: [Int], keeping portion: FailureSwitch.Portion) throws -> Int
    {
        let before = try total()
        var cuts = 0
        for write in writes {
            power(of: side).cutPower(atWrite: write, keeping: portion)
            do { try redeem(Amount(rawValue: 20_000_000), over: channel) } catch {
                #expect(error == MeterError(.interrupted, "") || error == MeterError(.memory, ""))
                cuts += 1
            }
            try powerUpAgain()
            #expect(try total() == before, "\(side) \(portion) \(writes)")
        }
        try redeemAll()
        #expect(try total() == before && onCard == 0, "\(side) \(portion) \(writes)")
        return cuts
    }
}
