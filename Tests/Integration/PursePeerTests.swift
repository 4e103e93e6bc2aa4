import CardCrypto
import CardIO
import Foundation
import TestPrograms
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Other people's programs use our purse, and get the answers of `APDU/README.md`.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct PursePeerTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let eid = PartyID(issuer: 0x00A1_B2C3, kind: .subscriberCard, number: 0x01_1234)

    private static func blankCard() throws -> ValueCard {
        let key = Secret(copying: [UInt8](repeating: 1, count: 16))
        return try ValueCard(VolatileMemory(ValueCard.blank(eid, transportKey: key)))
    }

    private static let select = "00 A4 04 00 07 F0 56 53 54 4F 52 45 00"
    private static let answer =
        "6F 1F 84 07 F0 56 53 54 4F 52 45 A5 14 80 08 00 A1 B2 C3 10 01 12 34 81 01 01 82 01 00 83 02 04 00"

    @Test func `opensc-tool selects the blank card`() async throws {
        try await VirtualReaders.lend { readers in
            let card = try await readers.insert(Self.blankCard())
            let command = Self.select.replacing(" ", with: ":")
            let outcome = try await readers.run("opensc-tool", "-r", readers.slots[0].reader, "-s", command)
            #expect(outcome.output.contains("SW1=0x90, SW2=0x00"), "\(outcome)")
            // Sixteen bytes per line, followed by their characters.
            let bytes = outcome.output.split(separator: "\n").drop { !$0.hasPrefix("6F 1F") }.map { line in
                line.split(separator: " ").prefix { $0.count == 2 && UInt8($0, radix: 16) != nil }.prefix(16)
            }
            #expect(bytes.joined().joined(separator: " ") == Self.answer, "\(outcome)")
            await card.remove()
        }
    }

    @Test func `pyscard reads the blank card`() async throws {
        let program = """
            import sys
            from smartcard.System import readers
            reader = [r for r in readers() if str(r) == sys.argv[1]][0]
            connection = reader.createConnection()
            connection.connect()
            data, sw1, sw2 = connection.transmit(list(bytes.fromhex(sys.argv[2])))
            print(bytes(data).hex(" ").upper(), "%02X%02X" % (sw1, sw2))
            """
        try await VirtualReaders.lend { readers in
            let card = try await readers.insert(Self.blankCard())
            let outcome = try await readers.run(
                "/usr/bin/python3", "-c", program, readers.slots[0].reader, Self.select.replacing(" ", with: ""))
            #expect(outcome.output == Self.answer + " 9000\n", "\(outcome)")
            await card.remove()
        }
    }

    /// A host in another language, written from the command reference, stores credit on our card.
    @Test func `a host in Python stores credit`() async throws {
        let suite = try CipherSuite()
        let master = Secret(copying: (0..<16).map { UInt8($0) })
        let name = KeyName(.credit, 1)
        let image = ElementImage(
            issued: Self.eid, keys: [StoredKey(name: name, key: suite.elementKey(master, name, for: Self.eid))],
            purses: [Purse(.gas, limit: 100_000_000)])
        let memory = ValueCard.records(image)
        try await VirtualReaders.lend { readers in
            let card = try await readers.insert(ValueCard(VolatileMemory(memory)))
            let program = Self.root.appending(path: "Tools/interop/store_credit.py").path
            for (htxn, balance) in [("7", "12500000"), ("8", "25000000")] {
                let outcome = try await readers.run(
                    "/usr/bin/python3", program, readers.slots[0].reader, "000102030405060708090A0B0C0D0E0F", "2",
                    "978",
                    "12500000", htxn)
                #expect(outcome.output == balance + "\n", "\(outcome)")
            }
            await card.remove()
        }
    }
}
