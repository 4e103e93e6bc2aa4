import CardCrypto
import CardIO
import CardTrace
import ISO7816
import TestSupport
import Testing

@testable import GlobalPlatform

/// What people do with any card: PINs in every form, keys of GlobalPlatform, codes of memory cards and of readers.
enum CardFlows {
    static let pins = ["4921", "730586", "85206174"]

    /// Every command for PINs, in every form in which cards take them.
    static func pinCommands() throws -> Flow {
        let flow = Flow("PIN commands", isFixed: true)
        let channel = try flow.channel(AgreeableCard(), "any card")
        for form in [
            PINDigits.Format.ascii(count: nil), .ascii(count: 8), .ascii(count: 8, fill: 0x00), .bcd(count: nil),
            .bcd(count: 8), .iso9564Format2,
        ] {
            for (old, new) in zip(pins, pins.reversed()) {
                func block(_ pin: String) throws -> Secret {
                    var digits = Array(pin.utf8)
                    return try #require(PINDigits(taking: &digits)).block(form)
                }
                let reference = PINReference.local(1)
                #expect(try channel.verify(try block(old), reference) == .accepted)
                #expect(try channel.changePIN(try block(old), to: try block(new), reference) == .accepted)
                #expect(try channel.changePIN(nil, to: try block(new), .global(1)) == .accepted)
                _ = try channel.resetRetryCounter(code: try block(old), new: try block(new), reference)
                _ = try channel.resetRetryCounter(new: try block(new), reference)
                _ = try channel.resetRetryCounter(code: try block(old), reference)
                _ = try channel.enableVerification(try block(new), reference)
                _ = try channel.disableVerification(try block(new), reference)
            }
        }
        for pin in pins { flow.secrets.insert(pin: pin) }
        return flow
    }

    /// PINs as other cards' and readers' commands have them: of EMV, in a chain, on a logical channel, in an ENVELOPE, the
    /// code of a memory card and a key for a contactless reader.
    static func otherCommands() throws -> Flow {
        let flow = Flow("PINs and keys in other commands", isFixed: true)
        let channel = try flow.channel(AgreeableCard(), "any card")
        var random = SeededGenerator(seed: 0xF00D)
        let (pin, key) = ("384957", random.bytes(16))
        let format2 = Secrets.blocks(of: pin, bareBCD: false)[2]
        for (header, data) in [
            ([0x00, 0x20, 0x00, 0x80], format2), ([0x84, 0x24, 0x00, 0x01], format2), ([0x84, 0x24, 0x00, 0x02], key),
            ([0x10, 0x20, 0x00, 0x81], Array(pin.utf8)), ([0x41, 0x20, 0x00, 0x81], Array(pin.utf8)),
            ([0x00, 0x21, 0x00, 0x00], [0x53, 0x06] + Array(pin.utf8)),
            ([0x00, 0xC2, 0x00, 0x00], [0x00, 0x20, 0x00, 0x81, 0x06] + Array(pin.utf8)),
            ([0xFF, 0x20, 0x00, 0x00], Array(pin.utf8)), ([0xFF, 0xD2, 0x00, 0x01], Array(pin.utf8)),
            ([0xFF, 0x82, 0x20, 0x00], key), ([0x80, 0xD8, 0x01, 0x01], [0x30, 0x88, 0x10] + key + [0x03, 1, 2, 3]),
            ([0x84, 0xD8, 0x01, 0x81], [0x30, 0x80, 0x10] + key + [0x03, 1, 2, 3]),
        ] as [([UInt8], [UInt8])] {
            for expected in [nil, 256] {
                for extended in [false, true] {
                    let command = try CommandAPDU(
                        cla: header[0], ins: header[1], p1: header[2], p2: header[3], data: data,
                        expectedLength: expected, extended: extended)
                    #expect(try channel.transmit(command).status == .success)
                }
            }
        }
        flow.secrets.insert(pin: pin)
        flow.secrets.insert(key: key)
        return flow
    }

    /// A secure channel, new keys under it, and a channel under those.
    static func globalPlatform() throws -> [Flow] {
        var random = SeededGenerator(seed: 0x6B9)
        let modes: [(BlockCipher, Int, UInt8, SecurityLevel)] = [
            (.aes, 16, 0x70, .all), (.aes, 32, 0x00, .commands), (.aes, 24, 0x71, .all),
            (.aes, 16, 0x20, [.commandMAC]),
            (.tripleDES, 16, 0x00, .commands), (.tripleDES, 16, 0x00, [.commandMAC]),
        ]
        return try modes.map { cipher, count, parameter, level in
            let flow = Flow("\(cipher == .aes ? "SCP03" : "SCP02") put keys, \(count) bytes, level \(level.rawValue)")
            func keys() throws -> KeySet {
                let parts = (0..<3).map { _ in Secret(copying: random.bytes(count)) }
                for part in parts { flow.secrets.insert(key: part.seen) }
                return try KeySet(cipher, encryption: parts[0], mac: parts[1], dataEncryption: parts[2])
            }
            let (old, new, last) = (try keys(), try keys(), try keys())
            let base = try flow.channel(SecurityDomainCard(old, parameter: parameter), "Java Card")
            _ = try base.selectSecurityDomain()
            let isS16 = parameter & 1 == 1
            let first = try base.openSecureChannel(old, level: level, isS16: isS16)
            try first.put(new, version: 0x30)
            let single = Secret(copying: random.bytes(16))
            flow.secrets.insert(key: single.seen)
            try first.put([(single, .tripleDES)], from: 7, version: 0x40)
            let second = try base.openSecureChannel(new, version: 0x30, level: level, isS16: isS16)
            try second.put(last, version: 0x31, replacing: 0x30)
            try flow.takeSessions([old, new], level)
            return flow
        }
    }
}

extension Flow {
    /// The keys of each channel that was opened, derived once more from what travelled.
    func takeSessions(_ sets: [KeySet], _ level: SecurityLevel) throws {
        let openings = travelled.filter { $0.command.starts(with: [0x80, 0x50]) && $0.answer.count > 2 }
        #expect(openings.count == sets.count)
        for (opening, keys) in zip(openings, sets) {
            let host = Array(opening.command[5..<5 + Int(opening.command[4])])
            let card = try InitializeUpdate(opening.answer.dropLast(2)).cardChallenge
            if keys.cipher == .aes {
                for (purpose, constant) in [
                    (KeySet.Purpose.encryption, KeyDerivation.Constant.encryption), (.mac, .commandMAC),
                    (.mac, .answerMAC),
                ] {
                    secrets.insert(
                        key: try KeyDerivation.derive(
                            keys.key(purpose), constant, context: host + card, count: keys.mac.count))
                }
            } else {
                for (purpose, constant) in [
                    (KeySet.Purpose.encryption, 0x82), (.mac, 0x01), (.mac, 0x02), (.dataEncryption, 0x81),
                ] as [(KeySet.Purpose, UInt8)] {
                    let block = [0x01, constant] + card.prefix(2) + [UInt8](repeating: 0, count: 12)
                    secrets.insert(key: try BlockCipher.tripleDES.encrypt(block, keys.key(purpose)))
                }
            }
            sessions += 1
        }
    }
}

/// Says yes to everything.
private final class AgreeableCard: IntegratedCircuitCard {
    let answerToReset: [UInt8] = [0x3B, 0x80, 0x80, 0x01, 0x01]
    func reset() throws(CardError) {}
    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] { [0x90, 0x00] }
}
