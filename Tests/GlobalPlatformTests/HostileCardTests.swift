import CardCrypto
import CardTrace
import GlobalPlatform
import ISO7816
import Testing

/// An attacker between host and card, and cards that answer wrongly.
@Suite struct HostileCardTests {
    /// Changes commands on their way to the card and answers on their way back.
    final class Between: CardChannel {
        let card: InProcessChannel
        var command: (CommandAPDU) -> [UInt8] = { $0.bytes }
        var answer: (CommandAPDU, [UInt8]) -> [UInt8] = { $1 }
        var sent: [CommandAPDU] = []

        init(_ card: SecurityDomainCard) throws { self.card = try InProcessChannel(card) }

        func transmit(_ given: CommandAPDU) throws(CardError) -> ResponseAPDU {
            sent.append(given)
            let (changed, answered): (CommandAPDU, ResponseAPDU)
            do throws(APDUError) { changed = try CommandAPDU(command(given)) } catch {
                return ResponseAPDU(status: .wrongLength)
            }
            let response = try card.transmit(changed)
            do throws(APDUError) { answered = try ResponseAPDU(answer(given, response.bytes)) } catch {
                throw CardError(.malformedAnswer, subject: "between")
            }
            return answered
        }
    }

    let keys: KeySet
    let card: SecurityDomainCard
    let between: Between

    init() throws {
        keys = try KeySet.test(.aes)
        card = SecurityDomainCard(keys)
        between = try Between(card)
    }

    /// 65,536 bytes are an answer, but leave no space for its signature.
    @Test(arguments: [BlockCipher.aes, .tripleDES])
    func `a card closes the channel where an answer is too long to be signed`(cipher: BlockCipher) throws {
        let keys = try BothEndsTests.keys(cipher, 16)
        let card = SecurityDomainCard(keys)
        let channel = try InProcessChannel(card).openSecureChannel(keys, level: [.commandMAC, .answerMAC])
        card.answering = { _ in ResponseAPDU(data: [UInt8](repeating: 7, count: 65_536), status: .success) }
        let command = try CommandAPDU(
            cla: 0x80, ins: 0xF2, p1: 0x80, p2: 0x02, data: [0x4F, 0x00], expectedLength: 256)
        #expect(try channel.transmit(command).status == .wrongData)
        #expect(try channel.transmit(command).status == .securityStatusNotSatisfied)
    }

    @Test func `wrong keys are not tried on the card`() throws {
        let other = try BothEndsTests.keys(.aes, 16)
        #expect(throws: GlobalPlatformError(.wrongKeys, "")) { try between.openSecureChannel(other) }
        #expect(between.sent.map(\.ins) == [0x50])
        #expect(card.failures == 0)
    }

    @Test func `no bit of the opening can be changed`() throws {
        for bit in 0..<(32 * 8) {
            between.answer = { command, answer in
                guard command.ins == 0x50 else { return answer }
                var answer = answer
                answer[bit / 8] ^= 1 << UInt8(bit % 8)
                return answer
            }
            // Diversification data, version and counter are not part of the cryptogram; changing them has no effect
            // here.
            let isCovered = (11...28).contains(bit / 8)
            if isCovered, bit / 8 != 12 {
                #expect(throws: GlobalPlatformError.self, "bit \(bit)") {
                    try between.openSecureChannel(keys, level: .all)
                }
            }
        }
    }

    @Test func `a card that cannot sign answers is not taken for less`() throws {
        between.answer = { command, answer in
            guard command.ins == 0x50 else { return answer }
            var answer = answer
            answer[12] = 0x10
            return answer
        }
        #expect(throws: GlobalPlatformError(.outOfRange, "")) { try between.openSecureChannel(keys, level: .all) }
        #expect(between.sent.map(\.ins) == [0x50])
    }

    @Test func `no bit of a command or answer can be changed`() throws {
        for bit in 0..<(38 * 8) {
            between.command = { $0.bytes }
            between.answer = { $1 }
            let channel = try between.openSecureChannel(keys, level: .all)
            let isCommand = bit % 2 == 0
            between.command = { command in
                var bytes = command.bytes
                // Except length fields, which make it another command, and Le, which is not signed.
                let offset = 5 + bit / 2 % ((bytes.count - 6) * 8)
                if isCommand { bytes[offset / 8 + (offset < 40 ? 5 : 0)] ^= 1 << UInt8(offset % 8) }
                return bytes
            }
            between.answer = { _, answer in
                var answer = answer
                let offset = bit / 2 % (answer.count * 8)
                if !isCommand { answer[offset / 8] ^= 1 << UInt8(offset % 8) }
                return answer
            }
            #expect(throws: GlobalPlatformError.self, "bit \(bit)") { try channel.registry(.issuerSecurityDomain) }
            #expect(channel.hasEnded)
        }
    }

    @Test func `commands cannot be repeated or left out`() throws {
        let channel = try between.openSecureChannel(keys, level: .commands)
        _ = try channel.registry(.issuerSecurityDomain)
        let repeated = try #require(between.sent.last)
        #expect(try between.card.transmit(repeated).status == .securityStatusNotSatisfied)
        // The card closed the channel.
        #expect(throws: GlobalPlatformError(.refused, "")) { try channel.registry(.issuerSecurityDomain) }
        #expect(channel.hasEnded)
    }

    @Test func `nothing goes past an open channel`() throws {
        let channel = try between.openSecureChannel(keys, level: .all)
        let plain = try CommandAPDU(cla: 0x80, ins: 0xF2, p1: 0x80, p2: 2, data: [0x4F, 0], expectedLength: 256)
        #expect(try between.transmit(plain).status == .securityStatusNotSatisfied)
        #expect(throws: GlobalPlatformError.self) { try channel.registry(.issuerSecurityDomain) }
    }

    @Test func `a wrong check value is seen`() throws {
        let channel = try between.openSecureChannel(keys, level: .commands)
        between.answer = { command, answer in command.ins == 0xD8 ? [0x30, 1, 2, 3, 1, 2, 3, 1, 2, 3, 0x90, 0] : answer
        }
        #expect(throws: GlobalPlatformError(.checkValueDiffers, "")) { try channel.put(keys, version: 0x30) }
    }

    @Test func `without a valid answer it is in doubt which keys the card has`() throws {
        let wrong: [(CommandAPDU, [UInt8]) -> [UInt8]] = [
            // Lost on its way back, and changed.
            { command, answer in command.ins == 0xD8 ? [] : answer },
            { command, answer in command.ins == 0xD8 ? [UInt8](repeating: 1, count: 18) + [0x90, 0] : answer },
        ]
        for answer in wrong {
            let between = try Between(SecurityDomainCard(keys))
            let channel = try between.openSecureChannel(keys, level: .all)
            between.answer = answer
            let error = #expect(throws: GlobalPlatformError(.keyChangeInDoubt, "")) {
                try channel.put(keys, version: 0x30)
            }
            #expect(error?.cause is CardError)
            // Nothing is sent through the ended channel: nothing is in doubt.
            #expect(throws: GlobalPlatformError(.noAnswer, "")) { try channel.put(keys, version: 0x30) }
        }
    }

    @Test func `a refused key is not in doubt`() throws {
        let channel = try between.openSecureChannel(keys, level: .commands)
        between.answer = { command, answer in command.ins == 0xD8 ? [0x6A, 0x80] : answer }
        #expect(throws: GlobalPlatformError(.refused, "")) { try channel.put(keys, version: 0x30) }
    }

    @Test func `a list without end`() throws {
        let channel = try between.openSecureChannel(keys, level: .commands)
        let isStatus = between
        isStatus.answer = { command, answer in
            command.ins == 0xF2 ? Array(answer.dropLast(2)) + [0x63, 0x10] : answer
        }
        isStatus.command = { command in command.bytes }
        #expect(throws: GlobalPlatformError.self) { try channel.registry(.issuerSecurityDomain, limit: 3) }
    }

    @Test func `malformed answers`() {
        let wrong: [[UInt8]] = [[], [0xE0, 5, 1], [0xE0, 3, 0xC0, 1, 1], [0xE0, 5, 0xC0, 3, 1, 1, 0x88], [0xFF]]
        for bytes in wrong.dropFirst() {
            #expect(throws: GlobalPlatformError(.malformedAnswer, ""), "\(bytes)") { try KeyInformation.list(bytes) }
        }
        for count in 0...60 where ![28].contains(count) {
            let bytes = [UInt8](repeating: 2, count: count)
            #expect(throws: GlobalPlatformError.self) { try InitializeUpdate(bytes) }
        }
        #expect(CardData([0x66, 2, 1]).faults.first?.code == .truncated)
    }

    /// No key, encrypted or not, in an error or in a decoded trace, above the channel and beneath it.
    @Test func `no key is shown`() throws {
        var lines: [String] = []
        var decoder = TraceDecoder(try APDUDictionary())
        let text = TraceText(style: .plain)
        let show: (TraceEvent) -> Void = { event in
            let decoded = decoder.decode(event)
            lines += text.lines(for: decoded) + [TraceJSON().line(for: decoded)]
        }
        let beneath = TracingChannel(between, name: "beneath", sink: show)
        let channel = try beneath.openSecureChannel(keys, level: .commandMAC)
        let above = TracingChannel(channel, name: "above", sink: show)
        let new = try BothEndsTests.keys(.aes, 16, 77)
        try channel.put(new, version: 0x30)
        let put = try #require(between.sent.last { $0.ins == 0xD8 })
        let plain = try CommandAPDU(cla: 0x80, ins: 0xD8, p1: 0, p2: 0x81, data: put.data.dropLast(8))
        _ = try above.transmit(plain)
        let all = lines.joined(separator: "\n").filter { !$0.isWhitespace }.uppercased()
        #expect(all.contains("PUTKEY"))
        for secret in [0, 3, 21].map({ Array(put.data.dropFirst($0 + 4).prefix(8)) }) {
            #expect(!all.contains(hexadecimal(secret)))
        }
    }
}
