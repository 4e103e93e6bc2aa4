import CardCrypto
import GlobalPlatform
import ISO7816
import Testing

/// R-MAC of SCP02 (GlobalPlatform Card Specification 2.3.1, E.4.5), computed independently with the primitives.
@Suite struct SignedAnswersOfSCP02Tests {
    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        let marked = bytes + [0x80]
        return marked + [UInt8](repeating: 0, count: (8 - marked.count % 8) % 8)
    }

    @Test func `the signature is that of the standard`() throws {
        let keys = try BothEndsTests.keys(.tripleDES, 16)
        let card = SecurityDomainCard(keys, random: { [UInt8](repeating: 0x5A, count: $0) })
        let between = try HostileCardTests.Between(card)
        var answers: [[UInt8]] = []
        between.answer = { _, answer in
            answers.append(answer)
            return answer
        }
        let channel = try between.openSecureChannel(keys, level: [.commandMAC, .answerMAC])
        // The session key: constant 0102, the counter (0), zeros.
        let key = Secret(
            copying: try BlockCipher.tripleDES.encrypt(
                [0x01, 0x02] + [UInt8](repeating: 0, count: 14), keys.key(.mac)))
        // Initially it is chained to the signature of EXTERNAL AUTHENTICATE.
        var chained = Array(try #require(between.sent.last).data.suffix(8))
        for data: [UInt8] in [[0x4F, 0x00], [0x4F, 0x02, 0xA0, 0x00]] {
            let plain = try CommandAPDU(cla: 0x80, ins: 0xF2, p1: 0x80, p2: 0x02, data: data, expectedLength: 256)
            let answer = try channel.transmit(plain)
            let signed =
                [0x80, 0xF2, 0x80, 0x02, UInt8(data.count)] + data + [UInt8(answer.data.count)] + answer.data
                + answer.status.bytes
            chained = try RetailMAC.sign(Self.padded(signed), key, iv: chained)
            #expect(answers.last == Array(answer.data) + chained + [0x90, 0x00])
        }
    }

    @Test func `no bit of an answer can be changed`() throws {
        let keys = try BothEndsTests.keys(.tripleDES, 16)
        for bit in 0..<(40 * 8) {
            let between = try HostileCardTests.Between(SecurityDomainCard(keys))
            let channel = try between.openSecureChannel(keys, level: [.commands, .answerMAC])
            between.answer = { _, answer in
                var answer = answer
                let offset = bit % (answer.count * 8)
                answer[offset / 8] ^= 1 << UInt8(offset % 8)
                return answer
            }
            #expect(throws: GlobalPlatformError.self, "bit \(bit)") { try channel.registry(.issuerSecurityDomain) }
            #expect(channel.hasEnded)
        }
    }

    @Test func `what is not signed`() throws {
        let keys = try BothEndsTests.keys(.tripleDES, 16)
        for (answer, isClaimed): ([UInt8], Bool) in [
            ([0x90, 0x00], false), ([1, 2, 3, 0x90, 0x00], false), ([0x63, 0x10], false), ([0x6A, 0x88], true),
            ([1, 2, 3, 4, 5, 6, 7, 8, 0x6A, 0x88], false),
        ] {
            let between = try HostileCardTests.Between(SecurityDomainCard(keys))
            let channel = try between.openSecureChannel(keys, level: [.commandMAC, .answerMAC])
            between.answer = { _, _ in answer }
            let plain = try CommandAPDU(cla: 0x80, ins: 0xCA, p1: 0, p2: 0x66, expectedLength: 256)
            if isClaimed {
                #expect(try channel.transmit(plain).status == .referencedDataNotFound)
            } else {
                #expect(throws: CardError(.notAuthentic, subject: "")) { try channel.transmit(plain) }
            }
        }
    }

    /// SCP02 does not encrypt answers.
    @Test func `encrypted answers are refused`() throws {
        let keys = try BothEndsTests.keys(.tripleDES, 16)
        #expect(throws: GlobalPlatformError(.outOfRange, "")) {
            try InProcessChannel(SecurityDomainCard(keys)).openSecureChannel(keys, level: .all)
        }
    }
}
