import CardCrypto
import Foundation
import ISO7816
import Meter
import TestSupport
import Testing
import ValueElement
import ValueProtocol

/// The files of a card and a gas meter that version 0.2 wrote: 20.00 of 50.00 were redeemed, and 2.70 used.
@Suite struct OlderFilesTests {
    private static let files = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Files")

    private func memory(_ name: String, in folder: TemporaryFolder) throws -> FileMemory {
        try folder.write(Array(try Data(contentsOf: Self.files.appending(path: name))), name)
        return try FileMemory(at: folder.path(of: name))
    }

    @Test func `a card and a meter of version 0.2 go on`() throws {
        let folder = try TemporaryFolder()
        let cardMemory = try memory("card-0.2", in: folder)
        let meterMemory = try memory("gas-meter-0.2", in: folder)
        let card = try ValueCard(cardMemory)
        let meter = try OffLineMeter(meterMemory, parts: MeterParts(clock: AdjustableClock { 1_800_000_000 }))
        #expect(meter.reading.purse?.balance == Amount(rawValue: 17_300_000))

        let channel = try InProcessChannel(card)
        let before = try #require(card.element?.image.slots.first)
        #expect(before.number == 0 && before.amount == Amount(rawValue: 20_000_000))
        let redemption = try meter.redeem(from: channel, Amount(rawValue: 10_000_000))
        #expect(redemption.drawn == Amount(rawValue: 10_000_000) && redemption.recovered == .zero)
        #expect(meter.reading.purse?.balance == Amount(rawValue: 27_300_000))

        // What was written in the older form has made way: the slot's key is in one place.
        for records in [try cardMemory.load(), try meterMemory.load()] {
            #expect(records[RecordName(0x0007)]?.isEmpty != false || records[RecordName(0x0008)] == nil)
            #expect(records[RecordName(0x0006)]?.isEmpty != false || records[RecordName(0x0009)] == nil)
        }
        #expect(try cardMemory.load()[RecordName(0x0007)]?.isEmpty == true)
        #expect(try meterMemory.load()[RecordName(0x0006)]?.isEmpty == true)
        try card.reset()
        try meter.powerUp()
        let slot = try #require(card.element?.image.slots.first)
        #expect(slot.kx.matches(before.kx) && slot.number == 0 && slot.amount == Amount(rawValue: 10_000_000))
        #expect(try meter.redeem(from: channel).drawn == Amount(rawValue: 20_000_000))
        #expect(meter.status.credited?.first?.total == Amount(rawValue: 30_000_000), "since this version counts")
    }

    /// Power is cut at every write while the form changes: the older or the newer form is read, whole.
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `power cut while the form changes`(portion: FailureSwitch.Portion) throws {
        for write in 1...6 {
            let folder = try TemporaryFolder()
            let failure = FailureSwitch()
            for name in ["card-0.2", "gas-meter-0.2"] {
                try folder.write(Array(try Data(contentsOf: Self.files.appending(path: name))), name)
            }
            func open() throws -> (card: ValueCard, meter: OffLineMeter) {
                (
                    try ValueCard(try FileMemory(at: folder.path(of: "card-0.2"), failure: failure)),
                    try OffLineMeter(
                        try FileMemory(at: folder.path(of: "gas-meter-0.2"), failure: failure),
                        parts: MeterParts(clock: AdjustableClock { 1_800_000_000 }))
                )
            }
            do {
                let (card, meter) = try open()
                let channel = try InProcessChannel(card)
                failure.cutPower(atWrite: write, keeping: portion)
                do { _ = try meter.redeem(from: channel) } catch {
                    #expect(error == MeterError(.memory, "") || error == MeterError(.interrupted, ""), "\(write)")
                }
            }
            failure.restorePower()
            let (card, meter) = try open()
            _ = try meter.redeem(from: try InProcessChannel(card))
            #expect(meter.reading.purse?.balance == Amount(rawValue: 47_300_000), "\(write)")
            #expect(card.element?.image.purses.first?.balance == .zero, "\(write)")
        }
    }
}
