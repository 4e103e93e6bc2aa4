import CardCrypto
import CardIO
import Foundation
import Meter
import Metrology
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
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
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

    @Test func aCardInAReaderIsShownRedeemedAndTakenOut() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "meter-\(UUID().uuidString)")
        try Self.makeMeter(at: folder)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
        }
        try await VirtualReaders.lend { readers in
            let program = try RunningMeter(folder, reader: readers.slots[0].reader, readers.environment)
            defer { program.end() }
            let virtual = try await readers.insert(try Self.card())
            for (balance, isLast) in [("5.00", false), ("0.00", true)] {
                try await program.wait(for: "card \(Self.cardID), issued: electricity \(balance) EUR")
                program.order("redeem")
                try await program.wait(for: "redeemed \(balance); on the card 0.00")
                await virtual.remove()
                try await program.wait(for: "card out")
                if !isLast { try await readers.insert(virtual) }
            }
            program.order("redeem")
            try await program.wait(for: "is empty")
            program.order("quit")
            #expect(try await program.ending() == 0)
        }
    }
}

/// The program with a meter, and the lines it says.
private final class RunningMeter: @unchecked Sendable {
    private let process = Process()
    private let input = Pipe()
    private let lock = NSCondition()
    // With the lock held.
    private var said = ""
    private var heard = ""
    private var isOver = false

    init(_ folder: URL, reader: String, _ environment: [String: String]) throws {
        let output = Pipe()
        process.executableURL = BuiltProgram.vstore
        process.arguments = ["meter", "run", "--meter", folder.path, "--reader", reader, "--plain", "--load", "100"]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let handle = output.fileHandleForReading
        Thread.detachNewThread { [self] in
            while case let data = handle.availableData, !data.isEmpty {
                lock.withLock { said += String(decoding: data, as: UTF8.self) }
                lock.broadcast()
            }
            lock.withLock { isOver = true }
            lock.broadcast()
        }
    }

    func order(_ text: String) {
        do {
            try input.fileHandleForWriting.write(contentsOf: Data((text + "\n").utf8))
        } catch {
            Issue.record(error)
        }
    }

    /// Waits until it says `text`, after what was waited for before.
    func wait(for text: String) async throws {
        try await onOwnThread { [self] in
            lock.lock()
            defer { lock.unlock() }
            let end = Date(timeIntervalSinceNow: 600)
            while true {
                if let found = said.firstRange(of: text) {
                    heard += said[..<found.upperBound]
                    said.removeSubrange(..<found.upperBound)
                    return
                }
                guard !isOver, lock.wait(until: end) else { throw Silent(text: text, heard: heard, said: said) }
            }
        }
    }

    struct Silent: Error {
        let text: String
        let heard: String
        let said: String
    }

    func ending() async throws -> Int32 {
        try await onOwnThread { [self] in
            process.waitUntilExit()
            return process.terminationStatus
        }
    }

    /// Ends it where a test that went wrong has left it.
    func end() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
