import CardCrypto
import GlobalPlatform
import ISO7816
import TestSupport
import Testing

@Suite struct SecureMessagingTests {
    /// ICAO Doc 9303, part 11, appendix D.4: reading EF.COM of a passport with 3DES session keys.
    @Test func `the passport of appendix D`() throws {
        let cipher = try CountingCipher(
            .tripleDES, encryption: Secret(copying: hex("979EC13B1CBFE9DCD01AB0FED307EAE5")),
            mac: Secret(copying: hex("F1CB1F1FB5ADF208806B89DC579DC1F8")), counter: hex("887022120C06C226"))
        let passport = RecordedCard([
            ("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800", "990290008E08FA855A5D4C50A8ED9000"),
            ("0CB000000D9701048E08ED6705417E96BA5500", "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000"),
            (
                "0CB000040D9701128E082EA28A70F3C7B53500",
                "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000"
            ),
        ])
        let channel = SecureMessaging(passport, cipher: cipher)
        #expect(try channel.select(.elementaryFile(0x011E), answer: .nothing) == nil)
        #expect(try Array(channel.perform(.readBinary(length: 4), "READ BINARY").data) == hex("60145F01"))
        let rest = try channel.perform(.readBinary(offset: 4, length: 18), "READ BINARY")
        #expect(Array(rest.data) == hex("04303130365F36063034303030305C026175"))
        #expect(passport.isAtEnd)
    }

    private static func cipher(_ kind: BlockCipher, _ mac: UInt8 = 2) throws -> CountingCipher {
        try CountingCipher(
            kind, encryption: Secret(copying: [UInt8](repeating: 1, count: 16)),
            mac: Secret(copying: [UInt8](repeating: mac, count: 16)),
            counter: [UInt8](repeating: 0xFF, count: kind.blockSize))
    }

    /// A card behind secure messaging that echoes data, answers as INS says, or whose messages are modified.
    final class Echo: CardChannel {
        let cipher: CountingCipher
        var disturb: ([UInt8]) -> [UInt8] = { $0 }
        var seen: [CommandAPDU] = []

        init(_ cipher: CountingCipher) { self.cipher = cipher }

        func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
            guard let plain = try SecureCommand.open(command, cipher) else {
                return ResponseAPDU(status: StatusWord(0x6988))
            }
            seen.append(plain)
            let answer = try SecureAnswer.protect(
                ResponseAPDU(data: plain.data, status: .success), isOdd: plain.ins & 1 == 1, cipher)
            do throws(APDUError) {
                return try ResponseAPDU(disturb(answer.bytes))
            } catch {
                throw CardError(.malformedAnswer, subject: "echo")
            }
        }
    }

    @Test(arguments: [BlockCipher.aes, .tripleDES], [UInt8(0x00), 0x03, 0x40, 0x4F, 0x10])
    func `both ends`(kind: BlockCipher, cla: UInt8) throws {
        let card = Echo(try Self.cipher(kind))
        let channel = SecureMessaging(card, cipher: try Self.cipher(kind))
        for (ins, count, expected) in [(0xB0, 0, 256), (0xB1, 3, 5), (0xD6, 16, nil), (0xD7, 300, 400)]
            as [(UInt8, Int, Int?)]
        {
            let command = try CommandAPDU(
                cla: cla, ins: ins, p1: 1, p2: 2, data: [UInt8](repeating: 7, count: count), expectedLength: expected)
            #expect(try channel.transmit(command).data.count == count)
            #expect(card.seen.last == command)
        }
    }

    @Test(arguments: [BlockCipher.aes, .tripleDES])
    func `an answer that is too long to be protected is an error`(kind: BlockCipher) throws {
        for (count, fits) in [(65_000, true), (65_519, false), (65_536, false)] {
            let response = ResponseAPDU(data: [UInt8](repeating: 7, count: count), status: .success)
            let cipher = try Self.cipher(kind)
            if fits {
                #expect(try SecureAnswer.protect(response, isOdd: false, cipher).data.count > count)
            } else {
                #expect(throws: CardError(.malformedAnswer, subject: "")) {
                    try SecureAnswer.protect(response, isOdd: false, cipher)
                }
            }
        }
    }

    /// A change of any bit of an answer is detected and ends the session.
    @Test(arguments: [BlockCipher.aes, .tripleDES])
    func `no bit of an answer can be changed`(kind: BlockCipher) throws {
        let command = try CommandAPDU(cla: 0, ins: 0xD6, p1: 0, p2: 0, data: [1, 2, 3])
        var bit = 0
        var count = 1
        while bit < count * 8 {
            let card = Echo(try Self.cipher(kind))
            let index = bit
            card.disturb = { answer in
                count = answer.count
                var answer = answer
                answer[index / 8] ^= 1 << UInt8(index % 8)
                return answer
            }
            let channel = SecureMessaging(card, cipher: try Self.cipher(kind))
            #expect(throws: CardError(.notAuthentic, subject: "")) { try channel.transmit(command) }
            #expect(channel.hasEnded)
            #expect(throws: CardError(.sessionEnded, subject: "")) { try channel.transmit(command) }
            bit += 1
        }
        #expect(bit > 100)
    }

    @Test func `what an attacker might send`() throws {
        let command = try CommandAPDU(cla: 0, ins: 0xB0, p1: 0, p2: 0, expectedLength: 4)
        func send(_ disturb: @escaping ([UInt8]) -> [UInt8]) throws -> CardError.Code? {
            let card = Echo(try Self.cipher(.aes))
            card.disturb = disturb
            let channel = SecureMessaging(card, cipher: try Self.cipher(.aes))
            do throws(CardError) {
                _ = try channel.transmit(command)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(try send { _ in [0x90, 0x00] } == .notAuthentic)
        #expect(try send { _ in [0x69, 0x88] } == .sessionEnded)
        #expect(try send { _ in [1, 2, 3, 4, 0x90, 0x00] } == .notAuthentic)
        #expect(try send { Array($0.dropLast(12)) + [0x90, 0x00] } == .notAuthentic)
        // The answer to the previous message.
        let card = Echo(try Self.cipher(.aes))
        var kept: [UInt8] = []
        card.disturb = { answer in
            defer { if kept.isEmpty { kept = answer } }
            return kept.isEmpty ? answer : kept
        }
        let channel = SecureMessaging(card, cipher: try Self.cipher(.aes))
        #expect(try channel.transmit(command).status == .success)
        #expect(throws: CardError(.notAuthentic, subject: "")) { try channel.transmit(command) }
    }

    @Test func `a card refuses what is not right`() throws {
        let command = try CommandAPDU(cla: 0, ins: 0xD6, p1: 0, p2: 0, data: [1, 2, 3])
        let right = try SecureCommand.protect(command, Self.cipher(.aes)).bytes
        #expect(try SecureCommand.open(CommandAPDU(right), Self.cipher(.aes)) == command)
        #expect(try SecureCommand.open(CommandAPDU(right), Self.cipher(.aes, 3)) == nil)
        for bit in 0..<right.count * 8 {
            var bytes = right
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            // Only the inner Le is signed.
            guard bit / 8 != right.count - 1, let changed = try? CommandAPDU(bytes) else { continue }
            #expect(try SecureCommand.open(changed, Self.cipher(.aes)) == nil, "bit \(bit)")
        }
    }
}
