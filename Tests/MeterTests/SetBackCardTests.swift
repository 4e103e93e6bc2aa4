import CardIOTesting
import ISO7816
import Meter
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A card whose memory was set back, or of which there are two, buys nothing twice at its meter.
@Suite struct SetBackCardTests {
    /// Another card with what `card` holds now.
    private func copy(of card: TestCard) throws -> TestCard { try TestCard(try card.image) }

    private func takenBy(_ meter: OffLineMeter) -> UInt64 { meter.reading.purse?.balance.rawValue ?? 0 }

    @Test func `a card that was set back draws nothing`() throws {
        let world = try GasWorld()
        let before = try copy(of: world.subscriber)
        _ = try world.meter.redeem(from: world.channel, Amount(rawValue: 20_000_000))
        #expect(throws: MeterError(.cardSetBack, "")) { try world.meter.redeem(from: before.channel) }
        #expect(takenBy(world.meter) == 20_000_000)
        // The card itself is as good as before.
        _ = try world.meter.redeem(from: world.channel)
        #expect(takenBy(world.meter) == 50_000_000)
    }

    /// A session more or less does not help a copy: what the meter compares is what the slot shows.
    @Test(arguments: [1, 5, 50]) func `a copy that opened sessions of its own`(sessions: Int) throws {
        let world = try GasWorld()
        let double = try copy(of: world.subscriber)
        _ = try world.meter.redeem(from: world.channel, Amount(rawValue: 20_000_000))
        try #require(double.card.element).update { $0.nt += UInt32(sessions) }
        #expect(throws: MeterError(.cardSetBack, "")) { try world.meter.redeem(from: double.channel) }
        #expect(takenBy(world.meter) == 20_000_000 && double.balance() == 50_000_000)
    }

    /// Bound anew, the card has a slot with a higher number; with the older number it is an older card.
    @Test func `an older binding is refused after a newer one`() throws {
        let world = try GasWorld()
        let older = try copy(of: world.subscriber)
        let slot = try #require(try world.subscriber.image.slots.first)
        try #require(world.card.element).update { image in
            image.put(
                MeterBinding(service: .gas, meter: slot.meter, version: slot.version, kx: slot.kx, number: 2))
        }
        _ = try world.meter.redeem(from: world.channel, Amount(rawValue: 20_000_000))
        try #require(older.card.element).update { $0.nt += 100 }
        #expect(throws: MeterError(.cardSetBack, "")) { try world.meter.redeem(from: older.channel) }
        #expect(try world.gasMeter.image.credited.map(\.binding) == [2])
    }

    /// An earlier version did not number slots, and may have made one anew after a debit: there is nothing to compare.
    @Test func `a slot without a number is not compared`() throws {
        let world = try GasWorld { meter, card in
            meter.credited = [CreditedDebit(card: GasWorld.cardID, nt: 7)]
            card.nt = 20
            let slot = card.slots[0]
            card.bindings = 0
            card.slots = [
                MeterBinding(service: .gas, meter: slot.meter, version: slot.version, kx: slot.kx, number: 0)
            ]
        }
        #expect(try world.meter.redeem(from: world.channel).drawn == Amount(rawValue: 50_000_000))
    }

    /// The NT is in the meter's memory before the card is debited: with power cut at that write, nothing is drawn.
    @Test func `the session's number is kept before DEBIT`() throws {
        let world = try GasWorld()
        world.meterPower.cutPower(atWrite: 1, keeping: .nothing)
        #expect(throws: MeterError(.memory, "")) { try world.meter.redeem(from: world.channel) }
        #expect(world.onCard == 50_000_000)
        try world.powerUpAgain()
        let lossy = world.channel(losing: .dropCommand(4))
        #expect(throws: MeterError(.interrupted, "")) { try world.meter.redeem(from: lossy) }
        let known = try #require(try world.gasMeter.image.credited.first)
        #expect(known.lastNT == (try world.subscriber.image.nt) && known.nt == 0)
        #expect(known == CreditedDebit(card: GasWorld.cardID, lastNT: known.lastNT))
    }

    /// The card's answer to DEBIT takes longer than a session lasts.
    final class SlowChannel: CardChannel {
        private let channel: any CardChannel
        private let pass: () -> Void
        init(_ channel: any CardChannel, pass: @escaping () -> Void) { (self.channel, self.pass) = (channel, pass) }

        func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
            if command.ins == 0x52, command.p1 == OperationCode.debit.rawValue { pass() }
            return try channel.transmit(command)
        }
    }

    @Test(arguments: [(60, true), (61, false)] as [(UInt32, Bool)])
    func `a session is given up after 60 s`(_ item: (seconds: UInt32, inTime: Bool)) throws {
        let world = try GasWorld()
        var now: UInt32 = 1_767_225_600
        let meter = try OffLineMeter(
            world.gasMeter.memory, parts: MeterParts(clock: AdjustableClock { now }))
        let slow = SlowChannel(world.channel) { now += item.seconds }
        if item.inTime {
            _ = try meter.redeem(from: slow)
        } else {
            #expect(throws: MeterError(.interrupted, "")) { try meter.redeem(from: slow) }
            #expect(takenBy(meter) == 0 && world.onCard == 0)
            // The next session finds the debit.
            #expect(try meter.redeem(from: world.channel).recovered == Amount(rawValue: 50_000_000))
        }
        #expect(takenBy(meter) == 50_000_000)
    }

    /// The host learns by any card what became of another's debits.
    @Test func `the status tells of the cards credited last`() throws {
        let world = try GasWorld()
        for amount: UInt64 in [20_000_000, 5_000_000] {
            _ = try world.meter.redeem(from: world.channel, Amount(rawValue: amount))
        }
        let status = world.meter.status
        #expect(
            status.credited == [
                MeterStatus.CreditedCard(
                    card: GasWorld.cardID, nt: try world.subscriber.image.nt, total: Amount(rawValue: 25_000_000))
            ])
        #expect(status.rules == MeterStatus.RulesStatus(inForce: 0, next: 0))
    }
}
