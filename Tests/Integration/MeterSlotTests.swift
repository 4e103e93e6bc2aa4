import CardCrypto
import CardIO
import Foundation
import Meter
import Metrology
import TestPrograms
import TestSupport
import Testing
import ValueElement
import ValueProtocol

/// `vstore meter run` with a reader of a real pcscd as its card slot.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct MeterSlotTests {
    private static let meterID = PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77)
    private static let cardID = PartyID(issuer: 0x00A1_B2C3, kind: .subscriberCard, number: 0x11234)
    private static let euro = Currency(rawValue: 978)

    private static func image(_ id: PartyID) throws -> ElementImage {
        var image = ElementImage(blank: id, transportKey: nil)
        image.state = .issued
        image.put(
            StoredKey(
                name: KeyName(.transfer, 1), key: Secret(copying: [UInt8](repeating: id.kind.rawValue, count: 16))))
        return image
    }

    /// A folder with an issued meter, as the program makes it.
    private static func makeMeter(at folder: URL) throws {
        var meter = try image(meterID)
        meter.put(Purse(service: .electricity, currency: euro, limit: Amount(rawValue: 1 << 40)))
        let configuration = ElectricConfiguration(
            price: Amount(rawValue: 300_000), rules: CreditRules(token: Amount(rawValue: 200_000)))
        var records = try ElectricMeter.records(
            meterID, transportKey: Secret(copying: [UInt8](repeating: 1, count: 16)), configuration)
        records.merge(ValueCard.records(meter)) { $1 }
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
        var card = try image(cardID)
        card.put(
            Purse(
                service: .electricity, currency: euro, limit: Amount(rawValue: 1 << 40),
                balance: Amount(rawValue: 5_000_000)))
        let transfer = Secret(copying: [UInt8](repeating: meterID.kind.rawValue, count: 16))
        card.put(
            MeterBinding(
                service: .electricity, meter: meterID, version: 1,
                kx: suite.cardToMeterKey(transfer, version: 1, card: cardID)))
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
