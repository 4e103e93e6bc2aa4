import CardCrypto
import Foundation
import Testing
import ValueProtocol

/// Letters and their MACs (protocol §10).
@Suite struct LetterTests {
    private struct Posted: Decodable {
        struct Step: Decodable { let exchange: Exchange? }
        struct Exchange: Decodable { let op: UInt8, c3Plain: String, c4Plain: String }
        let steps: [Step]

        /// The letters that were posted in a slot, whole.
        func letters(in service: UInt8) -> [[UInt8]] {
            var letters: [[UInt8]] = []
            for exchange in steps.compactMap(\.exchange) where exchange.op == 0x0F {
                let part = KeyVectorTests.bytes(exchange.c3Plain)
                guard exchange.c4Plain.hasPrefix("0000"), part[0] == service, part.count > 3 else { continue }
                if part[1] == 0 { letters.append([]) }
                letters[letters.count - 1] += part.dropFirst(3)
            }
            return letters
        }
    }

    private static let gasMeter = PartyID("00A1B2C302010078")!
    private let suite: CipherSuite
    private let key: Secret

    init() throws {
        suite = try CipherSuite()
        let keys: KeyVectorTests.Keys = try KeyVectorTests.vector("keys.json")
        let vector = try #require(
            keys.elementKeys.first { $0.eid == "00A1B2C302010078" && $0.purpose == 2 && $0.version == 1 })
        key = Secret(copying: KeyVectorTests.bytes(vector.key))
    }

    private func rules() throws -> SupplyRules {
        try SupplyRules(
            id: 9, effective: Timestamp(rawValue: 500), currency: Currency(rawValue: 978),
            sources: [SupplyRules.Source(channel: 0, price: Amount(rawValue: 77))])
    }

    @Test(arguments: ["post-fetch.json", "letter-desk.json"])
    func `letters of the vectors are read, and are genuine`(file: String) throws {
        let posted: Posted = try KeyVectorTests.vector(file)
        let letters = posted.letters(in: 2)
        try #require(!letters.isEmpty)
        for bytes in letters {
            let letter = try #require(Letter(bytes))
            #expect(letter.isGenuine(to: Self.gasMeter, key: key, suite))
            #expect(letter.bytes == bytes && letter.version == 1)
            #expect(letter.content.rules != nil && !letter.content.refusedCards.isEmpty)
            let again = Letter(letter.content, to: Self.gasMeter, version: 1, key: key, suite)
            #expect(again == letter && again.bytes == bytes)
            // To another meter, or under another key, it is not.
            #expect(!letter.isGenuine(to: PartyID("00A1B2C303010079")!, key: key, suite))
            #expect(!letter.isGenuine(to: Self.gasMeter, key: Secret(copying: [UInt8](repeating: 1, count: 16)), suite))
        }
    }

    @Test func `any bit of a letter counts`() throws {
        let content = try #require(
            LetterContent(
                number: 7, rules: try rules(), clock: Timestamp(rawValue: 900), refusedCards: [PartyID(rawValue: 5)]))
        let bytes = Letter(content, to: Self.gasMeter, version: 3, key: key, suite).bytes
        for bit in 0..<(bytes.count * 8) {
            var turned = bytes
            turned[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            let isGenuine = Letter(turned).map { $0.isGenuine(to: Self.gasMeter, key: key, suite) } ?? false
            #expect(!isGenuine, "bit \(bit)")
        }
    }

    @Test func `every part of the content may be missing`() throws {
        for choice in 0..<8 {
            let content = try #require(
                LetterContent(
                    number: UInt32(choice), rules: choice & 1 == 0 ? nil : try rules(),
                    clock: choice & 2 == 0 ? nil : Timestamp(rawValue: 1),
                    refusedCards: choice & 4 == 0 ? [] : [PartyID(rawValue: 5), PartyID(rawValue: 6)]))
            let letter = Letter(content, to: Self.gasMeter, version: 1, key: key, suite)
            #expect(Letter(letter.bytes)?.content == content)
        }
    }

    /// Order, tags, and lengths that are longer than needed.
    @Test(arguments: [
        "E2 03 000001", "E2 05 0000000001", "E204", "E2 81 04 00000001", "E3 00", "E3 07 00000000000005",
        "E3 08 0000000000000005 E2 04 00000001", "E2 04 00000001 E2 04 00000001", "E4 00", "E1 00", "E1 02 8000", "00",
        "E3 82 0008 0000000000000005", "E3 80 0000000000000005 0000",
    ])
    func `a malformed letter is none`(content: String) {
        let digits = content.filter { $0 != " " }
        let bytes = [0, 0, 0, 1] + KeyVectorTests.bytes(digits) + [UInt8](repeating: 0, count: 17)
        #expect(Letter(bytes) == nil)
    }

    @Test func `too short or too long is none`() throws {
        let content = try #require(LetterContent(number: 1))
        let shortest = Letter(content, to: Self.gasMeter, version: 1, key: key, suite).bytes
        #expect(shortest.count == 21 && Letter(shortest) != nil)
        #expect(Letter(Array(shortest.dropFirst())) == nil && Letter([]) == nil)
        // Number, tag and length, 296 cards, version and MAC are 2,393 bytes: there is no room for another card.
        let cards = (0..<296).map { PartyID(rawValue: UInt64($0)) }
        let longest = try #require(LetterContent(number: 1, refusedCards: cards))
        let bytes = Letter(longest, to: Self.gasMeter, version: 1, key: key, suite).bytes
        #expect(bytes.count == 2393 && Letter(bytes)?.content == longest)
        #expect(LetterContent(number: 1, refusedCards: cards + [PartyID(rawValue: 9)]) == nil)
        #expect(LetterContent(number: 1, clock: Timestamp(rawValue: 1), refusedCards: cards) != nil, "2,399")
        var padded = bytes
        padded.insert(contentsOf: [UInt8](repeating: 0, count: 8), at: padded.count - 17)
        #expect(Letter(padded) == nil)
    }

    @Test func `parts are full but the last`() throws {
        #expect(TransferParts.split([]) == nil)
        #expect(TransferParts.split([UInt8](repeating: 0, count: 2401)) == nil)
        for count in [1, 199, 200, 201, 400, 2400] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            let parts = try #require(TransferParts.split(bytes))
            #expect(parts.flatMap { $0 } == bytes && parts.count == (count + 199) / 200)
            #expect(parts.dropLast().allSatisfy { $0.count == 200 })
        }
    }

    @Test func `parts come in order, of one subject, and begin anew with part 0`() {
        func add(_ part: UInt8, of count: UInt8, _ subject: Int, after before: PartBuffer<Int>?) -> PartBuffer<Int>? {
            PartBuffer([part], part: part, of: count, subject, after: before)
        }
        let first = add(0, of: 3, 1, after: nil)
        let second = add(1, of: 3, 1, after: first)
        #expect(first?.held == 1 && second?.bytes == [0, 1] && second?.isWhole == false)
        #expect(add(2, of: 3, 1, after: second)?.isWhole == true)
        #expect(add(0, of: 2, 2, after: second)?.bytes == [0])
        for (part, count, subject, before) in [
            (1, 3, 1, nil), (1, 2, 1, first), (1, 3, 2, first), (2, 3, 1, first), (1, 3, 1, second), (3, 3, 1, second),
            (0, 0, 1, nil),
        ] as [(UInt8, UInt8, Int, PartBuffer<Int>?)] {
            #expect(add(part, of: count, subject, after: before) == nil)
        }
    }
}
