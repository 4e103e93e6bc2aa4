import CardCrypto
import Foundation
import Testing
import ValueProtocol

@Suite struct KeyVectorTests {
    struct Keys: Decodable {
        struct Element: Decodable {
            let eid: String, purpose: UInt8, version: UInt8, master: String, masterKCV: String, key: String, kcv: String
        }
        struct Pair: Decodable { let meter, card: String, version: UInt8, kmeter, kx, kcv: String }
        let elementKeys: [Element]
        let cardToMeterKeys: [Pair]
    }

    struct Sessions: Decodable {
        struct Case: Decodable {
            let key: String, purpose: UInt8, version: UInt8, pid: String, eid: String, nt: UInt32, r1: String,
                r2: String
            let s2: String
        }
        let cases: [Case]
    }

    static func vector<T: Decodable>(_ name: String) throws -> T {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "APDU/vectors")
        return try JSONDecoder().decode(T.self, from: Data(contentsOf: folder.appending(path: name)))
    }

    static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16)! }
    }

    @Test func `element keys and check values`() throws {
        let suite = try CipherSuite()
        let keys: Keys = try Self.vector("keys.json")
        #expect(!keys.elementKeys.isEmpty && !keys.cardToMeterKeys.isEmpty)
        for vector in keys.elementKeys {
            let master = Secret(copying: Self.bytes(vector.master))
            #expect("\(suite.checkValue(of: master))" == vector.masterKCV)
            let name = KeyName(try #require(Purpose(rawValue: vector.purpose)), vector.version)
            let key = suite.elementKey(master, name, for: try #require(PartyID(vector.eid)))
            #expect(key.matches(Secret(copying: Self.bytes(vector.key))))
            #expect("\(suite.checkValue(of: key))" == vector.kcv)
        }
        for vector in keys.cardToMeterKeys {
            let kmeter = Secret(copying: Self.bytes(vector.kmeter))
            let kx = suite.cardToMeterKey(kmeter, version: vector.version, card: try #require(PartyID(vector.card)))
            #expect(kx.matches(Secret(copying: Self.bytes(vector.kx))))
            #expect("\(suite.checkValue(of: kx))" == vector.kcv)
        }
    }

    @Test func `first proofs`() throws {
        let suite = try CipherSuite()
        let sessions: Sessions = try Self.vector("sessions.json")
        #expect(!sessions.cases.isEmpty)
        for vector in sessions.cases {
            let identity = SessionIdentity(
                key: KeyName(try #require(Purpose(rawValue: vector.purpose)), vector.version),
                pid: try #require(PartyID(vector.pid)), eid: try #require(PartyID(vector.eid)), nt: vector.nt,
                r1: try #require(AESBlock(Self.bytes(vector.r1))), r2: try #require(AESBlock(Self.bytes(vector.r2))))
            let session = ElementSession(identity, key: Secret(copying: Self.bytes(vector.key)), suite)
            #expect(Array(session.answer.suffix(16)) == Self.bytes(vector.s2))
        }
    }
}
