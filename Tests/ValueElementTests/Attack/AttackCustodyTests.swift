import CardCrypto
import ISO7816
import TestSupport
import Testing
import ValueElement
import ValueProtocol

/// Custodians who try to act alone.
@Suite struct AttackCustodyTests {
    /// Every PIN wrong, power cut at every write: never more than three tries, whatever was cut.
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `no free tries`(portion: FailureSwitch.Portion) throws {
        for cut in 1...3 {
            let desk = try Desk()
            var words: [StatusWord] = []
            var cuts = 0
            for _ in 0..<20 {
                desk.card.failure.cutPower(atWrite: cut, keeping: portion)
                do {
                    words.append(try desk.verify(2, "9999"))
                } catch {
                    cuts += 1
                }
                desk.card.failure.restorePower()
                try desk.card.card.reset()
                try desk.card.select(.masterKey)
            }
            // One write per wrong PIN: a cut there reports no comparison, and what was written counts.
            let reported = words.filter { $0 != .authenticationMethodBlocked }
            #expect(reported.count <= 3)
            let tries = try desk.card.masterKey.custodians[1].tries
            if cut == 1, portion != .everything {
                #expect(reported.isEmpty && tries == 3 && cuts == 20, "nothing was compared, nothing taken")
            } else {
                #expect(tries == 0)
                #expect(try desk.verify(2) == .authenticationMethodBlocked)
                #expect(cut > 1 ? reported == [.triesLeft(2), .triesLeft(1), .triesLeft(0)] : cuts == 3)
            }
        }
    }

    /// A right PIN with power cut at either of its writes: never more tries than before, and at most one fewer.
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `right PIN cut`(portion: FailureSwitch.Portion) throws {
        for cut in 1...2 {
            let desk = try Desk()
            #expect(try desk.verify(2, "9999") == .triesLeft(2))
            desk.card.failure.cutPower(atWrite: cut, keeping: portion)
            #expect(throws: CardError(.cardUnresponsive, subject: "")) { try desk.verify(2) }
            desk.card.failure.restorePower()
            try desk.card.card.reset()
            let tries = try desk.card.masterKey.custodians[1].tries
            let isWritten = portion == .everything
            #expect(tries == (cut == 1 ? (isWritten ? 1 : 2) : (isWritten ? 3 : 1)))
        }
    }

    @Test func `blocking and unblocking`() throws {
        let desk = try Desk()
        try #require(try desk.verify(2) == .success)
        for left in [2, 1, 0] as [UInt8] { #expect(try desk.verify(2, "0000") == .triesLeft(left)) }
        #expect(try desk.verify(2) == .authenticationMethodBlocked)
        // His earlier verification still holds; CHANGE PIN does not bypass the block.
        let change = Array("2222".utf8) + [0xFF] + Array("4444".utf8)
        #expect(try desk.card.send(0x00, 0x24, 0, 2, change).status == .authenticationMethodBlocked)
        func unblock(_ custodian: UInt8, _ pin: String = "4444") throws -> StatusWord {
            try desk.card.send(0x00, 0x2C, 0, custodian, Array(pin.utf8)).status
        }
        #expect(try unblock(2) == .securityStatusNotSatisfied)
        try #require(try desk.verify(1) == .success)
        #expect(try unblock(2) == .securityStatusNotSatisfied, "his own PIN does not count")
        try #require(try desk.verify(3) == .success)
        #expect(try unblock(8) == .referencedDataNotFound)
        #expect(try unblock(0) == .wrongParameters)
        #expect(try unblock(2, "12") == .wrongLength)
        #expect(try unblock(2, "12a4") == .wrongData)
        #expect(try unblock(2) == .success)
        #expect(try desk.verify(2) == .triesLeft(2) && desk.verify(2, "4444") == .success)
        #expect(try unblock(1, "5555") == .success, "one who is not blocked too")
        #expect(try desk.verify(1, "5555") == .success)
    }

    @Test func `refused PINs`() throws {
        let desk = try Desk()
        let rows: [(UInt8, [UInt8], StatusWord)] = [
            (0, [], .wrongParameters), (9, Array("1111".utf8), .wrongParameters), (1, [], .wrongLength),
            (1, Array("111".utf8), .wrongLength), (1, [UInt8](repeating: 0x31, count: 13), .wrongLength),
            (4, Array("1111".utf8), .referencedDataNotFound), (1, Array("11 1".utf8), .wrongData),
        ]
        for (custodian, pin, word) in rows {
            #expect(try desk.card.send(0x00, 0x20, 0, custodian, pin).status == word)
        }
        #expect(try desk.card.masterKey.custodians[0].tries == 3, "none of them was a try")
        // An empty old PIN is accepted only when setting the first PIN.
        let empty = [0xFF] + Array("7777".utf8)
        #expect(try desk.card.send(0x00, 0x24, 0, 1, empty).status != .success)
        #expect(try desk.card.send(0x00, 0x24, 0, 5, empty).status == .success)
        #expect(try desk.card.send(0x00, 0x24, 0, 5, empty).status != .success)
        #expect(try desk.verify(1) == .success)
        // CHANGE PIN is not a verification.
        #expect(try desk.card.send(0x80, 0xDA, 0, 0, [UInt8](repeating: 0, count: 12)).status != .success)
    }

    /// One custodian sending anything he can: no key is completed, no rule set, in any order.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func `one alone`(seed: UInt64) throws {
        let desk = try Desk()
        let before = try desk.card.masterKey
        var numbers = SeededGenerator(seed: seed)
        for _ in 0..<400 {
            let name = KeyName(.credit, UInt8.random(in: 2...3, using: &numbers))
            switch Int.random(in: 0..<8, using: &numbers) {
            case 0: _ = try desk.verify(1)
            case 1:
                // He may guess the other's PIN while tries remain.
                _ = try desk.verify(2, "\(Int.random(in: 3000...9999, using: &numbers))")
            case 2: try desk.card.select(.masterKey)
            case 3:
                try desk.card.card.reset()
                try desk.card.select(.masterKey)
            case 4:
                let rules = bigEndian(World.card.rawValue) + [0, 99, 3, 0xFF]
                #expect(try desk.card.send(0x80, 0xDA, 0, 0, rules).status == .securityStatusNotSatisfied)
            case 5:
                let pin = Array("8888".utf8)
                #expect(try desk.card.send(0x00, 0x2C, 0, 2, pin).status == .securityStatusNotSatisfied)
            default:
                let number = UInt8.random(in: 0...4, using: &numbers)
                let of = UInt8.random(in: 0...4, using: &numbers)
                _ = try desk.load(name, number, of: of, UInt8.random(in: 0...255, using: &numbers))
            }
        }
        let after = try desk.card.masterKey
        #expect(after.keys == before.keys && after.rules == before.rules)
        #expect(after.unfinished.allSatisfy { $0.entered.count == 1 })
        #expect(after.custodians[2] == before.custodians[2])
    }

    /// Two custodians can: across SELECT and reset, and the result is the XOR.
    @Test func `two together`() throws {
        let desk = try Desk()
        let name = KeyName(.credit, 2)
        #expect(try desk.load(name, 1, of: 2, 0x55) == .securityStatusNotSatisfied)
        try desk.verify(1)
        #expect(try desk.load(name, 2, of: 2, 0x55) == .wrongData, "component 1 starts")
        #expect(try desk.load(name, 1, of: 1, 0x55) == .wrongData)
        #expect(try desk.load(name, 0, of: 2, 0x55) == .wrongData)
        #expect(try desk.load(name, 1, of: 2, 0x55) == .success)
        #expect(try desk.load(name, 2, of: 2, 0x66) == .securityStatusNotSatisfied, "the same custodian")
        #expect(try desk.load(name, 2, of: 3, 0x66) == .wrongData, "another number of components")
        try desk.card.card.reset()
        try desk.card.select(.masterKey)
        #expect(try desk.load(name, 2, of: 2, 0x66) == .securityStatusNotSatisfied, "no PIN given")
        try desk.verify(1)
        try desk.verify(2)
        #expect(try desk.verify(1) == .success)
        #expect(try desk.load(name, 2, of: 2, 0x66) == .securityStatusNotSatisfied, "who gave a PIN last enters")
        try desk.verify(2)
        var wrong = [2, 2] + [UInt8](repeating: 0x66, count: 16) + [0, 0, 0]
        #expect(try desk.card.send(0x80, 0xD8, 1, 2, wrong).status == .wrongData)
        wrong.removeLast()
        #expect(try desk.card.send(0x80, 0xD8, 1, 2, wrong).status == .wrongLength)
        #expect(try desk.load(name, 2, of: 2, 0x66) == .success)
        let key = try #require(try desk.card.masterKey.key(name))
        #expect(key.matches(Secret(copying: [UInt8](repeating: 0x33, count: 16))))
        #expect(try desk.card.masterKey.unfinished.isEmpty)
    }

    /// A new range keeps the issued marks of the old one where they overlap, and no others.
    @Test func `ranges overlap`() throws {
        let desk = try Desk()
        let cards = (1...12).map { PartyID(issuer: 7, kind: .subscriberCard, number: $0) }
        var image = try desk.card.masterKey
        image.issued = Array(cards[0..<10])
        image.seen = cards.map { SeenElement(eid: $0, nt: $0.number) }
        let victim = try Victim(ValueCard.records(image, element: try desk.card.image))
        try victim.select(.masterKey)
        for pin in 1...2 as ClosedRange<UInt8> {
            _ = try victim.send(0x00, 0x20, 0, pin, Array(Desk.pins[Int(pin) - 1].utf8))
        }
        let rules = bigEndian(cards[4].rawValue) + bigEndian(4 as UInt16) + bigEndian(0x3FF as UInt16)
        #expect(try victim.send(0x80, 0xDA, 0, 0, rules).status == .success)
        #expect(try victim.masterKey.issued == Array(cards[4..<8]))
        func open(_ eid: PartyID) throws -> StatusWord {
            try victim.send(0x80, 0x60, 4, 0, bigEndian(eid.rawValue)).status
        }
        for card in cards { #expect(try open(card) == .conditionsNotSatisfied, "issued before, or outside") }
        let wider = bigEndian(cards[4].rawValue) + bigEndian(8 as UInt16) + bigEndian(0x3FF as UInt16)
        #expect(try victim.send(0x80, 0xDA, 0, 0, wider).status == .success)
        for (index, card) in cards.enumerated() {
            #expect(try open(card) == (index >= 8 ? .success : .conditionsNotSatisfied), "\(index)")
        }
    }
}
