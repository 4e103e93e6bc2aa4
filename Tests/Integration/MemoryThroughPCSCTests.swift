import CardCrypto
import CardIO
import ContactInterface
import Foundation
import ISO7816
import TestPrograms
import Testing

/// Memory cards behind a reader of a real pcscd that accepts the pseudo-APDUs: our library and our program.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct MemoryThroughPCSCTests {
    private static let code: [UInt8] = [0x12, 0x34, 0x56]

    private static func secured(_ counter: UInt8 = 7) -> TwoWireCard {
        TwoWireCard(
            main: TwoWireCard.factoryBytes + (4..<64).map { UInt8($0) }, code: Secret(copying: code),
            errorCounter: counter)
    }

    private static func reader(_ card: sending any ContactCard) throws -> MemoryCardReader {
        let port = ContactPort()
        port.insert(card)
        return try MemoryCardReader(port)
    }

    /// Runs `vstore reader memory` with the reader of slot 0.
    private func memory(
        _ readers: VirtualReaders, _ line: String, input: String = ""
    ) async throws -> Program.Outcome {
        let words = ["reader", "memory"] + line.split(separator: " ").map(String.init)
        return try await Program(
            BuiltProgram.vstore.path, words + ["--reader", readers.slots[0].reader],
            environment: .inherited(readers.environment)
        ).run(input: input)
    }

    @Test func `a secured card is worked with through PC/SC`() async throws {
        try await VirtualReaders.lend { readers in
            let virtual = try await readers.insert(Self.reader(Self.secured()))
            let card = try await readers.connect()
            let held = try await card.withTransaction { channel in
                let memory = try RemoteMemoryCard(over: GetResponseChannel(channel))
                #expect(throws: MemoryCardError(.notWritten, "")) { try memory.update(64, [1, 2]) }
                try memory.present(Secret(copying: Self.code))
                try memory.update(64, [1, 2])
                try memory.protect(4, [4, 5], .protect)
                return try memory.readMain(0, count: 256)
            }
            #expect(held.count == 256 && Array(held[64..<66]) == [1, 2])
            try await card.disconnect(.leave)
            await virtual.remove()
        }
    }

    @Test func `the program reads writes and guards`() async throws {
        try await VirtualReaders.lend { readers in
            let virtual = try await readers.insert(Self.reader(Self.secured(0b011)))
            let info = try await memory(readers, "info --json")
            #expect(info.status == 0, "\(info)")
            #expect(info.output.contains(#""answerToReset":"3B04A2131091""#) && info.output.contains(#""triesLeft":2"#))

            // A wrong code uses a try; the last one is not used without --last-try.
            let wrong = try await memory(readers, "write --at 64 CAFE --psc-file -", input: "111111\n")
            #expect(wrong.status == 1 && wrong.errors.contains("the code is wrong"))
            let guarded = try await memory(readers, "write --at 64 CAFE --psc-file -", input: "123456\n")
            #expect(guarded.status == 1 && guarded.errors.contains("--last-try"), "\(guarded)")
            #expect(try await memory(readers, "info --json").output.contains(#""triesLeft":1"#))
            let written = try await memory(readers, "write --at 64 CAFE --psc-file - --last-try", input: "123456\n")
            #expect(written.status == 0, "\(written)")
            #expect(try await memory(readers, "read --at 64 --count 2 --json").output.contains("CAFE"))

            // Protection, which has to be confirmed, and is then irreversible.
            let asked = try await memory(readers, "protect --at 4 0405 --psc-file -", input: "123456\n")
            #expect(asked.status == 64)
            let protected = try await memory(readers, "protect --at 4 0405 --psc-file - --yes", input: "123456\n")
            #expect(protected.status == 0, "\(protected)")
            #expect(try await memory(readers, "info --json").output.contains(#""protected":[4,5]"#))
            let refused = try await memory(readers, "write --at 4 00 --psc-file -", input: "123456\n")
            #expect(refused.status == 1 && refused.errors.contains("did not take"))

            // A new code.
            let changed = try await memory(readers, "change-psc --psc-file - --yes", input: "123456\nABCDEF\n")
            #expect(changed.status == 0, "\(changed)")
            #expect(try await memory(readers, "verify-psc --psc-file -", input: "ABCDEF\n").status == 0)
            await virtual.remove()
        }
    }

    @Test func `an I2C card is read and written by the program`() async throws {
        try await VirtualReaders.lend { readers in
            let virtual = try await readers.insert(Self.reader(I2CMemoryCard(.at24c16)))
            let written = try await memory(readers, "write --kind at24c16 --at 0x7F0 000102030405")
            #expect(written.status == 0, "\(written)")
            let read = try await memory(readers, "read --kind at24c16 --at 0x7F0 --count 6 --json")
            #expect(read.output.contains("000102030405"), "\(read)")
            await virtual.remove()
        }
    }

    /// A card that is not a memory card refuses the commands of the reader.
    @Test func `another card is reported apart`() async throws {
        try await VirtualReaders.lend { readers in
            let virtual = try await readers.insert(GateCard())
            let outcome = try await memory(readers, "info")
            #expect(outcome.status == 3 && outcome.errors.contains("does not answer as a card of this kind"))
            await virtual.remove()
        }
    }
}
