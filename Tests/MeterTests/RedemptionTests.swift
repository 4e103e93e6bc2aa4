import CardCrypto
import CardIOTesting
import Meter
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@Suite struct RedemptionTests {
    @Test func `five commands move the value`() throws {
        let world = try GasWorld()
        let counted = world.channel(losing: .none)
        let redemption = try world.meter.redeem(from: counted)
        #expect(counted.exchanges == 5)
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

    @Test(arguments: FaultyChannel.Message.allCases, FaultyChannel.Message.allCases)
    func `every loss twice`(first: FaultyChannel.Message, second: FaultyChannel.Message) throws {
        try GasWorld.expectNothingLost(first, then: second)
    }

    /// Power is cut at every write of either side, whatever portion of it is kept, and again during recovery.
    @Test(arguments: RedemptionSide.allCases, FailureSwitch.Portion.allCases)
    func `every power cut twice`(side: RedemptionSide, portion: FailureSwitch.Portion) throws {
        var cuts = 0
        for first in 1...4 {
            for second in 1...4 {
                let world = try GasWorld()
                cuts += try world.cutPower(of: side, atWrites: [first, second], keeping: portion)
                #expect(world.inMeter == 50_000_000)
            }
        }
        #expect(cuts > 0)
    }

    @Test func `a debit on the way waits until it fits`() throws {
        let world = try GasWorld(limit: 60_000_000, inMeter: 0)
        let lossy = world.channel(losing: .dropAnswer(4))
        #expect(throws: MeterError(.interrupted, "")) { try world.meter.redeem(from: lossy) }
        try world.powerUpAgain()
        let redemption = try world.meter.redeem(from: world.channel)
        #expect(redemption.recovered == Amount(rawValue: 50_000_000))
        #expect(redemption.drawn == .zero)
    }
}
