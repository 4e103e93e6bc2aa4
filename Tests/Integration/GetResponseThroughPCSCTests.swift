import CardIO
import CardIOTesting
import CardRelay
import CardTrace
import ContactInterface
import Foundation
import ISO7816
import TestPrograms
import TestSupport
import Testing

/// A T=0 card in a reader: the transport returns answers unchanged, automatic GET RESPONSE makes them whole, and a
/// trace shows what is sent.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct GetResponseThroughPCSCTests {
    /// Case 4, whose eight bytes of answer are announced, and case 2 with a length that is wrong.
    private static let echo = "80 10 00 00 02 12 34 00"
    private static let wrongLength = "80 16 00 00 00"
    /// The same commands as carried by T=0.
    private static let tpdu = "80 10 00 00 02 12 34"

    /// Lends a slot with a T=0 card in it.
    private func withT0Card(_ body: (VirtualReaders) async throws -> Void) async throws {
        try await VirtualReaders.lend { readers in
            let virtual = try await readers.insert(T0Card(ReferenceCard(), answerToReset: [0x3B, 0x00]))
            do { try await body(readers) } catch {
                await virtual.remove()
                throw error
            }
            await virtual.remove()
        }
    }

    private func vstore(
        _ readers: VirtualReaders, _ arguments: [String], input: String = ""
    ) async throws -> Program.Outcome {
        try await Program(
            BuiltProgram.vstore.path, arguments + ["--trace", "--reader", readers.slots[0].reader],
            environment: .inherited(readers.environment)
        ).run(input: input)
    }

    /// The commands that a trace shows as sent.
    private func sent(_ outcome: Program.Outcome) -> [String] {
        outcome.errors.split(separator: "\n").filter { $0.hasPrefix("> ") }
            .map { line in
                let rest = line.dropFirst(2)
                return String(rest.components(separatedBy: "  ")[0])
            }
    }

    @Test func `a transaction is raw and a GET RESPONSE channel fetches`() async throws {
        try await withT0Card { readers in
            let card = try await readers.connect()
            #expect(card.activeProtocol == .t0)
            #expect(try await card.transmit(CommandAPDU(hex(Self.tpdu))).bytes == [0x61, 0x08])
            let (whole, sent) = try await card.withTransaction { transaction in
                #expect(transaction.transmissionProtocol == .t0)
                var sent: [[UInt8]] = []
                let traced = TracingChannel(transaction, name: transaction.reader) { sent.append($0.command.bytes) }
                let channel = GetResponseChannel(traced)
                let whole = [
                    try channel.transmit(CommandAPDU(hex(Self.echo))).bytes,
                    try channel.transmit(CommandAPDU(hex(Self.wrongLength))).bytes,
                ]
                return (whole, sent)
            }
            #expect(whole == [hex(Self.echo) + [0x90, 0x00], [1, 2, 3, 4, 5, 0x90, 0x00]])
            #expect(
                sent == [
                    hex(Self.tpdu), [0x00, 0xC0, 0x00, 0x00, 0x08], hex(Self.wrongLength),
                    [0x80, 0x16, 0x00, 0x00, 0x05],
                ])
            try await card.disconnect(.leave)
        }
    }

    @Test func `send shows what came by raw and else the whole answer`() async throws {
        try await withT0Card { readers in
            let raw = try await vstore(readers, ["apdu", "send", "--raw", Self.tpdu, Self.wrongLength])
            #expect(raw.status == 0 && raw.output.contains("6108") && raw.output.contains("6C05"), "\(raw)")
            #expect(sent(raw) == [Self.tpdu, Self.wrongLength], "\(raw)")

            let whole = try await vstore(readers, ["apdu", "send", Self.echo, Self.wrongLength])
            #expect(whole.status == 0 && whole.output.contains("\(Self.echo) 9000"), "\(whole)")
            #expect(whole.output.contains("01 02 03 04 05 9000"), "\(whole)")
            #expect(
                sent(whole) == [Self.tpdu, "00 C0 00 00 08", Self.wrongLength, "80 16 00 00 05"], "\(whole)")
        }
    }

    @Test func `a script sees what came by raw and else the whole answer`() async throws {
        try await withT0Card { readers in
            let raw = try await vstore(
                readers, ["apdu", "script", "--raw", "-"],
                input: "\(Self.tpdu)\n#= 6108\n00 C0 00 00 08\n#= \(Self.echo) 9000\n")
            #expect(raw.status == 0, "\(raw)")
            let whole = try await vstore(
                readers, ["apdu", "script", "-"], input: "\(Self.echo)\n#= \(Self.echo) 9000\n")
            #expect(whole.status == 0 && sent(whole) == [Self.tpdu, "00 C0 00 00 08"], "\(whole)")
        }
    }

    @Test func `the shell shows what came once raw is on`() async throws {
        try await withT0Card { readers in
            let outcome = try await vstore(
                readers, ["apdu", "shell"], input: "\(Self.echo)\nraw on\n\(Self.tpdu)\nraw off\n\(Self.echo)\n")
            #expect(outcome.status == 0 && outcome.output.contains("< 6108"), "\(outcome)")
            #expect(
                sent(outcome) == [Self.tpdu, "00 C0 00 00 08", Self.tpdu, Self.tpdu, "00 C0 00 00 08"], "\(outcome)")
        }
    }

    /// The relay carries T=0 unchanged; its client sends GET RESPONSE.
    @Test func `a relayed reader is raw`() async throws {
        try await withT0Card { readers in
            let relayed = try await RelayedReader(.name(readers.slots[0].reader))
            #expect(relayed.face.isT0)
            #expect(try await relayed.transmit(CommandAPDU(hex(Self.tpdu))).bytes == [0x61, 0x08])
            #expect(try await relayed.transmit(CommandAPDU(hex(Self.wrongLength))).bytes == [0x6C, 0x05])
            await relayed.release()
        }
    }
}
