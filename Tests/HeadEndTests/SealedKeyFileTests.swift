import CardCrypto
import Foundation
import HeadEnd
import Records
import TestSupport
import TestWorlds
import Testing
import ValueProtocol

@Suite("Keys sealed under a passphrase")
struct SealedKeyFileTests {
    let folder: TemporaryFolder
    let file: SealedKeyFile
    let keys: HostKeys
    let passphrase = Secret(copying: Array("correct horse battery staple".utf8))
    /// Low cost, so that thousands of guesses are quick.
    let cheap: ScryptCost

    init() throws {
        folder = try TemporaryFolder(isInMemory: true)
        file = SealedKeyFile(at: folder.path + "/keys")
        keys = try testKeys(versions: 1...2)
        cheap = try #require(ScryptCost(logN: 1, r: 1, p: 1))
    }

    private func same(_ a: HostKeys, _ b: HostKeys) throws -> Bool {
        let (a, b, lists) = (a, b, (try a.keys(), try b.keys()))
        return a.pid == b.pid && a.auditKey.matches(b.auditKey)
            && lists.0.map(\.name) == lists.1.map(\.name) && lists.0.map(\.checkValue) == lists.1.map(\.checkValue)
    }

    @Test func `what was sealed comes back`() throws {
        try file.create(keys, passphrase: passphrase, cost: cheap)
        #expect(try same(try file.open(passphrase: passphrase), keys))
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["keys"])
    }

    @Test func `the standard cost works`() throws {
        try file.create(keys, passphrase: passphrase)
        #expect(try same(try file.open(passphrase: passphrase), keys))
    }

    @Test func `replaced whole, with salt and nonce fresh`() throws {
        expect(.fileUnreachable) {
            try SealedKeyFile(at: folder.path).replace(with: keys, passphrase: passphrase, cost: cheap)
        }
        try file.create(keys, passphrase: passphrase, cost: cheap)
        expect(.fileExists) { try file.create(keys, passphrase: passphrase, cost: cheap) }
        let before = try Data(contentsOf: URL(fileURLWithPath: file.path))
        try file.replace(with: keys, passphrase: passphrase, cost: cheap)
        let after = try Data(contentsOf: URL(fileURLWithPath: file.path))
        #expect(before.count == after.count)
        #expect(before.prefix(16) == after.prefix(16))
        #expect(before[16..<48] != after[16..<48])
        #expect(before[48..<60] != after[48..<60])
        keys.remove(KeyName(.credit, 1))
        let newPassphrase = Secret(copying: [1, 2, 3])
        try file.replace(with: keys, passphrase: newPassphrase, cost: cheap)
        #expect(try same(try file.open(passphrase: newPassphrase), keys))
        expect(.notAuthentic) { _ = try file.open(passphrase: passphrase) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["keys"])
    }

    @Test func `a wrong passphrase does not open it`() throws {
        try file.create(keys, passphrase: passphrase, cost: cheap)
        for guess in ["", "correct horse battery stapl", "Correct horse battery staple"] {
            expect(.notAuthentic) { _ = try file.open(passphrase: Secret(copying: Array(guess.utf8))) }
        }
    }

    @Test func `every flipped bit of a byte, and every truncation, is refused`() throws {
        let url = URL(fileURLWithPath: file.path)
        try file.create(keys, passphrase: passphrase, cost: cheap)
        let whole = try Data(contentsOf: url)
        for index in whole.indices {
            for bit in [UInt8(0x01), 0x10, 0x80] {
                // Costs within bounds would only make the test slow.
                if index == 7, ScryptCost(logN: whole[index] ^ bit, r: 1, p: 1) != nil { continue }
                var altered = whole
                altered[index] ^= bit
                try altered.write(to: url)
                let expected: HostError.Code =
                    index < 6 ? .notAKeyFile : index == 6 ? .fileNewer : .notAuthentic
                expect(expected) { _ = try file.open(passphrase: passphrase) }
            }
            try whole.prefix(index).write(to: url)
            expect(index < 6 ? .notAKeyFile : .notAuthentic) { _ = try file.open(passphrase: passphrase) }
        }
        try (whole + [0]).write(to: url)
        expect(.notAuthentic) { _ = try file.open(passphrase: passphrase) }
        expect(.noFile) { _ = try SealedKeyFile(at: folder.path + "/none").open(passphrase: passphrase) }
    }

    @Test func `card-to-meter keys follow from the meter's own`() throws {
        let suite = try CipherSuite()
        let meter = PartyID(issuer: 1, kind: .gasMeter, number: 5)
        let card = PartyID(issuer: 1, kind: .subscriberCard, number: 6)
        let kx = try #require(keys.cardToMeterKey(version: 2, meter: meter, card: card, suite))
        let own = try #require(keys.elementKey(KeyName(.transfer, 2), of: meter, suite))
        #expect(kx.matches(suite.cardToMeterKey(own, version: 2, card: card)))
        #expect(keys.cardToMeterKey(version: 3, meter: meter, card: card, suite) == nil)
        #expect(keys.elementKey(.transport, of: card, suite) == nil)
    }
}
