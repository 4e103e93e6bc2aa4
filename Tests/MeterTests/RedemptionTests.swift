import CardCrypto
import CardIOTesting
import Meter
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@Suite struct RedemptionTests {
    @Test func `three commands move the value`() throws {
        let world = try GasWorld()
        let counted = world.channel(losing: .none)
        let redemption = try world.meter.redeem(from: counted)
        #expect(counted.exchanges == 3)
        #expect(redemption.drawn == Amount(rawValue: 50_000_000))
        #expect(world.onCard == 0 && world.inMeter == 50_000_000)
        #expect(world.gasMeter.valve.isOpen)
    }

    @Test func `nothing more is drawn than the purse can take`() throws {
        let world = try GasWorld(onCard: 90_000_000, limit: 60_000_000, inMeter: 20_000_000)
        #expect(try world.meter.redeem(from: world.channel).drawn == Amount(rawValue: 40_000_000))
        #expect(world.inMeter == 60_000_000 && world.onCard == 50_000_000)
        #expect(try world.meter.redeem(from: world.channel).drawn == .zero)
    }

    @Test func `an empty card still takes the status home`() throws {
        let world = try GasWorld(onCard: 0, inMeter: 1_000_000)
        #expect(try world.meter.redeem(from: world.channel).drawn == .zero)
        let slot = try #require(world.card.element?.image.slot(boundTo: GasWorld.meterID))
        let status = try #require(MeterStatus(slot.meterStatus))
        #expect(status.balance == Amount(rawValue: 1_000_000) && status.isValveOpen)
    }

    @Test func `cards that must not pass`() throws {
        let refusals: [(MeterError.Code, GasWorld)] = [
            (.notBound, try GasWorld(bound: false)),
            (.blockedCard, try GasWorld(cardState: .blocked)),
            (.otherCurrency, try GasWorld(currency: Currency(rawValue: 410))),
            (
                .authenticationFailed,
                try GasWorld { _, card in
                    card.put(
                        MeterBinding(
                            service: .gas, meter: GasWorld.meterID, version: 1,
                            kx: Secret(copying: [UInt8](repeating: 7, count: 16))))
                }
            ),
            (
                .cardListFull,
                try GasWorld { meter, _ in
                    for number in 0..<UInt32(ElementImage.maxCreditedCount) {
                        meter.credited.append(
                            CreditedDebit(
                                card: PartyID(issuer: 1, kind: .subscriberCard, number: number), nt: 1))
                    }
                }
            ),
            (.blockedMeter, try GasWorld { meter, _ in meter.state = .blocked }),
        ]
        for (code, world) in refusals {
            let before = try world.total()
            #expect(throws: MeterError(code, "")) { try world.meter.redeem(from: world.channel) }
            #expect(try world.total() == before)
            #expect(world.onCard == 50_000_000)
        }
    }

    /// Each message lost at each position, and again during recovery: nothing is lost, nothing doubled.
    @Test(arguments: FaultyChannel.Message.allCases, FaultyChannel.Message.allCases)
    func `every loss twice`(first: FaultyChannel.Message, second: FaultyChannel.Message) throws {
        for firstAt in 1...4 {
            for secondAt in 1...5 {
                let world = try GasWorld()
                let before = try world.total()
                let one = world.channel(losing: .loses(first, of: firstAt - 1))
                let two = world.channel(losing: .loses(second, of: secondAt - 1))
                for channel in [one, two] {
                    do { _ = try world.meter.redeem(from: channel, Amount(rawValue: 20_000_000)) } catch {
                        #expect(error == MeterError(.interrupted, "") || error == MeterError(.notACard, ""))
                    }
                    #expect(try world.total() == before)
                    try world.powerUpAgain()
                }
                _ = try world.meter.redeem(from: world.channel)
                #expect(world.onCard == 0 && world.inMeter == 50_000_000, "\(first) \(firstAt), \(second) \(secondAt)")
            }
        }
    }

    enum Side: CaseIterable { case card, meter }

    /// Power is cut at every write of either side, whatever portion of it is kept, and again during recovery.
    @Test(arguments: Side.allCases, FailureSwitch.Portion.allCases)
    func `every power cut twice`(side: Side, portion: FailureSwitch.Portion) throws {
        var cuts = 0
        for firstAt in 1...4 {
            for secondAt in 1...4 {
                let world = try GasWorld()
                let before = try world.total()
                for at in [firstAt, secondAt] {
                    let power = side == .card ? world.subscriber.power : world.gasMeter.power
                    power.cutPower(atWrite: at, keeping: portion)
                    do { _ = try world.meter.redeem(from: world.channel, Amount(rawValue: 20_000_000)) } catch {
                        #expect(error == MeterError(.interrupted, "") || error == MeterError(.memory, ""))
                        cuts += 1
                    }
                    try world.powerUpAgain()
                    #expect(try world.total() == before)
                }
                _ = try world.meter.redeem(from: world.channel)
                #expect(try world.total() == before)
                #expect(world.onCard == 0 && world.inMeter == 50_000_000)
            }
        }
        #expect(cuts > 0)
    }

    @Test func `a debit on the way waits until it fits`() throws {
        let world = try GasWorld(limit: 60_000_000, inMeter: 0)
        let lossy = world.channel(losing: .dropAnswer(2))
        #expect(throws: MeterError(.interrupted, "")) { try world.meter.redeem(from: lossy) }
        try world.powerUpAgain()
        let redemption = try world.meter.redeem(from: world.channel)
        #expect(redemption.recovered == Amount(rawValue: 50_000_000))
        #expect(redemption.drawn == .zero)
    }
}
