import ContactInterface
import Foundation
import ISO7816
import Meter
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A card in the meter's slot, removed at a change of a contact: during activation, a reset or a character.
@Suite struct PulledFromSlotTests {
    /// Redeems over the contacts of `port`, which holds the card of `world`.
    private static func redeem(_ world: GasWorld, _ port: ContactPort) throws {
        guard case .asynchronous(let slot) = try port.detectCard() else {
            throw CardError(.unsupported, subject: port.name)
        }
        _ = try world.meter.redeem(from: slot)
        slot.deactivate()
    }

    private static func port(_ world: GasWorld) throws -> ContactPort {
        let port = ContactPort(name: "slot")
        port.insert(try AsynchronousCard(world.card))
        return port
    }

    /// Tries every change if the environment has `VALUESTORE_CAMPAIGN`, otherwise some.
    @Test func `nothing is lost whenever the card is pulled`() throws {
        let whole = try GasWorld()
        let before = try whole.total()
        var changes = 0
        let port = try Self.port(whole)
        port.observer = { _, _, _ in changes += 1 }
        try Self.redeem(whole, port)
        #expect(whole.inMeter == 50_000_000 && changes > 1_000)
        let isCampaign = ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] != nil
        // 7 and the eleven changes of a character are coprime, so that every position in a character is tried.
        for number in stride(from: 1, to: changes, by: isCampaign ? 1 : 7) {
            let world = try GasWorld()
            let port = try Self.port(world)
            var count = 0
            port.observer = { [unowned port] _, _, _ in
                count += 1
                if count == number { port.remove() }
            }
            do { try Self.redeem(world, port) } catch let error as CardError {
                #expect(error.code == .cardRemoved || error.code == .noCard, "change \(number)")
            } catch let error as MeterError {
                #expect(error == MeterError(.interrupted, "") || error == MeterError(.notACard, ""), "change \(number)")
            }
            port.observer = nil
            #expect(try world.total() == before, "change \(number)")
            // Random numbers on the line have more or fewer level changes; this run had fewer.
            if port.isCardPresent {
                #expect(world.inMeter == 50_000_000 && number > changes - 500)
                continue
            }
            try world.powerUpAgain()
            port.insert(try AsynchronousCard(world.card))
            try Self.redeem(world, port)
            #expect(try world.total() == before && world.inMeter == 50_000_000, "change \(number)")
            #expect(port.dequeuePresences().count == 3)
        }
    }
}
