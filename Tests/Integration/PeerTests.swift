import CardIO
import CardIOTesting
import TestPrograms
import Testing

/// Other people's programs use our emulated card.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct PeerTests {
    @Test func `opensc-tool gets the card's answer`() async throws {
        try await VirtualReaders.lend { readers in
            let card = try await readers.insert(ReferenceCard())
            let outcome = try await readers.run(
                "opensc-tool", "-r", readers.slots[0].reader, "-s", "80:10:01:02:03:AA:BB:CC")
            #expect(outcome.output.contains("80 10 01 02 03 AA BB CC"), "\(outcome)")
            #expect(outcome.output.contains("SW1=0x90, SW2=0x00"), "\(outcome)")
            await card.remove()
        }
    }

    @Test func `scriptor gets the card's answer`() async throws {
        try await VirtualReaders.lend { readers in
            let card = try await readers.insert(ReferenceCard())
            let outcome = try await readers.run(
                "scriptor", "-r", readers.slots[0].reader, "-p", "T=1", input: "80 10 01 02 03 AA BB CC\n")
            #expect(outcome.output.contains("< 80 10 01 02 03 AA BB CC 90 00"), "\(outcome)")
            await card.remove()
        }
    }

    @Test func `pyscard gets the card's answer`() async throws {
        let program = """
            import sys
            from smartcard.System import readers
            reader = [r for r in readers() if str(r) == sys.argv[1]][0]
            connection = reader.createConnection()
            connection.connect()
            data, sw1, sw2 = connection.transmit([0x80, 0x10, 1, 2, 3, 0xAA, 0xBB, 0xCC])
            print(bytes(data).hex(), "%02X%02X" % (sw1, sw2))
            """
        try await VirtualReaders.lend { readers in
            let card = try await readers.insert(ReferenceCard())
            // The system's package works only with the system's interpreter.
            let outcome = try await readers.run("/usr/bin/python3", "-c", program, readers.slots[0].reader)
            #expect(outcome.output == "8010010203aabbcc 9000\n", "\(outcome)")
            await card.remove()
        }
    }
}
