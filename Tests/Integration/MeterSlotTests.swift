import CardCrypto
import CardIO
import Foundation
import Meter
import Metrology
import TestPrograms
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// `vstore meter run` with a reader of a real pcscd as its card slot.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct MeterSlotTests {
    private static let meterID = PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77)
    private static let cardID = PartyID(issuer: 0x00A1_B2C3, kind: .subscriberCard, number: 0x11234)

    /// The TRANSFER key of the meter or the card.
    private static func key(_ id: PartyID) -> Secret {
        Secret(copying: [UInt8](repeating: id.kind.rawValue, count: 16))
    }

    private static func image(_ id: PartyID, holds value: UInt64 = 0) -> ElementImage {
        ElementImage(
            issued: id, keys: [StoredKey(name: KeyName(.transfer, 1), key: key(id))],
            purses: [Purse(.electricity, holds: value, limit: 1 << 40)])
    }

    /// A folder with an issued meter, as the program makes it.
    private static func makeMeter(at folder: URL) throws {
        let configuration = ElectricConfiguration(
            price: Amount(rawValue: 300_000), rules: CreditRules(token: Amount(rawValue: 200_000)))
        var records = try ElectricMeter.records(
            meterID, transportKey: Secret(copying: [UInt8](repeating: 1, count: 16)), configuration)
        records.merge(ValueCard.records(image(meterID))) { $1 }
        try FileFlash.create(at: folder.appending(path: "memory").path, records)
        let design = FrontEnd(for: ChannelRating(nominalVoltage: 220, nominalCurrent: 40))
        let around = """
            {"channels": [{"volts": 220, "amperes": 40, "hertz": 50, "seed": 1, "calibration": {"voltsPerCode":
            \(design.voltsPerCode), "amperesPerCode": \(design.amperesPerCode), "currentDelay": 0}}],
            "isBypassed": false, "isCoverOpen": false, "isMagnetNear": false, "surges": 0}
            """
        try around.write(to: folder.appending(path: "surroundings.json"), atomically: true, encoding: .utf8)
    }

    /// A card whose purse is this meter's.
    private static func card() throws -> ValueCard {
        let suite = try CipherSuite()
        var card = image(cardID, holds: 5_000_000)
        card.put(
            MeterBinding(
                service: .electricity, meter: meterID, version: 1,
                kx: suite.cardToMeterKey(key(meterID), version: 1, card: cardID)))
        return try ValueCard(VolatileMemory(ValueCard.records(card)))
    }

    @Test func `a card in a reader is shown redeemed and taken out`() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try Self.makeMeter(at: folder.url)
        try await VirtualReaders.lend { readers in
            let arguments = ["meter", "run", "--meter", folder.path, "--reader", readers.slots[0].reader]
            let program = try RunningProgram(
                Program(
                    BuiltProgram.vstore.path, arguments + ["--plain", "--load", "100"],
                    environment: .inherited(readers.environment)), errors: .merged)
            defer { program.kill() }
            func hear(_ text: String) async throws { _ = try await onOwnThread { try program.wait(for: text) } }
            let virtual = try await readers.insert(try Self.card())
            for (balance, isLast) in [("5.00", false), ("0.00", true)] {
                try await hear("card \(Self.cardID), issued: electricity \(balance) EUR")
                try program.write("redeem\n")
                try await hear("redeemed \(balance); on the card 0.00")
                await virtual.remove()
                try await hear("card out")
                if !isLast { try await readers.insert(virtual) }
            }
            try program.write("redeem\n")
            try await hear("is empty")
            try program.write("quit\n")
            #expect(try await onOwnThread { program.waitForEnd() } == 0)
        }
    }
}
