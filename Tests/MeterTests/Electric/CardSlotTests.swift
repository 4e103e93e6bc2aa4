import CardIOTesting
import ISO7816
import Meter
import Metrology
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A subscriber card in the electric meter's slot.
@Suite struct CardSlotTests {
    @Test func `the card is shown`() throws {
        let world = try SlotWorld()
        guard case .card(let shown) = world.slot.content else {
            Issue.record("no card")
            return
        }
        #expect(shown.id == SlotWorld.cardID && shown.state == .issued)
        #expect(shown.purses.map(\.service) == [.electricity, .gas])
        #expect(shown.purses.map(\.balance.rawValue) == [50_000_000, 7_000_000])
        #expect(shown.purses.map(\.meter) == [SlotWorld.meterID, SlotWorld.gasMeterID])
        #expect(
            world.slot.display == [
                ["CARD 70196      ", "                "], ["ELECTRICITY     ", "EUR        50.00"],
                ["GAS             ", "EUR         7.00"],
            ])
        world.slot.remove()
        #expect(world.slot.display == [["INSERT CARD     ", "                "]])
        #expect(throws: MeterError(.emptySlot, "")) { try world.slot.redeem(into: world.meter) }
        let select = try CommandAPDU([0x00, 0xA4, 0x04, 0x00])
        #expect(throws: CardError(.noCard, subject: "")) { try world.slot.transmit(select) }
    }

    @Test func `a card of another kind is reported and not used`() throws {
        let world = try SlotWorld()
        world.slot.insert(ForeignCard())
        guard case .unusable(let error) = world.slot.content else {
            Issue.record("usable")
            return
        }
        #expect(error.code == .notACard)
        #expect(world.slot.display.first?.first == "CARD UNKNOWN    ")
        let before = try world.total()
        #expect(throws: MeterError(.notACard, "")) { try world.slot.redeem(into: world.meter) }
        #expect(try world.total() == before)
    }

    @Test func `its value turns the supply on`() throws {
        let world = try SlotWorld()
        #expect(!world.relay.isClosed)
        let redemption = try world.slot.redeem(into: world.meter)
        #expect(redemption.drawn.rawValue == 50_000_000 && redemption.meterBalance.rawValue == 50_000_000)
        #expect(world.relay.isClosed && world.onCard == 0 && world.inMeter == 50_000_000)
        #expect(world.slot.display[1] == ["ELECTRICITY     ", "EUR         0.00"])
        #expect(world.meter.events().contains { $0.code == .cardRedeemed && $0.value == 50_000_000 })
        // The card carries the meter's previous status.
        let home = try #require(world.card.element?.image.slot(boundTo: SlotWorld.meterID))
        let status = try #require(MeterStatus(home.meterStatus))
        #expect(status.balance == .zero && !status.isValveOpen && status.state == .issued)
    }

    @Test func `what is owed is repaid of it`() throws {
        let world = try SlotWorld(emergency: 2_000_000)
        let before = try world.total()
        #expect(try world.meter.askForEmergency())
        // 5 kWh at 0.30 are 1.50.
        try world.meter.count([Energy(microjoules: 5 * 3_600_000_000_000)])
        #expect(world.meter.reading.debt.rawValue == 1_500_000)
        let redemption = try world.slot.redeem(into: world.meter)
        #expect(redemption.drawn.rawValue == 50_000_000 && redemption.meterBalance.rawValue == 48_500_000)
        #expect(world.meter.reading.debt == .zero && world.meter.decision.reason == .value)
        #expect(try world.total() == before)
    }

    @Test(arguments: FaultyChannel.Message.allCases, FaultyChannel.Message.allCases)
    func `every loss twice`(first: FaultyChannel.Message, second: FaultyChannel.Message) throws {
        try SlotWorld.expectNothingLost(first, then: second)
    }

    /// Power is cut at every write of either side, whatever portion of it is kept, and again during recovery; the meter
    /// has lent before, so that the repayment is one of its writes.
    @Test(arguments: RedemptionSide.allCases, FailureSwitch.Portion.allCases)
    func `every power cut twice`(side: RedemptionSide, portion: FailureSwitch.Portion) throws {
        let whole = try Self.lent()
        let begin = whole.power(of: side).writes
        _ = try whole.meter.redeem(from: whole.channel)
        let writes = whole.power(of: side).writes - begin
        #expect(writes >= (side == .card ? 2 : 3))
        var cuts = 0
        for first in 1...writes {
            for second in 1...writes + 2 {
                let world = try Self.lent()
                cuts += try world.cutPower(of: side, atWrites: [first, second], keeping: portion)
                #expect(world.meter.reading.debt == .zero && world.relay.isClosed)
            }
        }
        #expect(cuts > writes)
    }

    /// A meter that has lent.
    private static func lent() throws -> SlotWorld {
        let world = try SlotWorld(emergency: 2_000_000)
        _ = try world.meter.askForEmergency()
        try world.meter.count([Energy(microjoules: 3_600_000_000_000)])
        return world
    }
}

/// A card without any of our applications.
private struct ForeignCard: CardChannel {
    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU { ResponseAPDU(status: .notFound) }
}
