import CardCrypto
import ISO7816
import Testing
import ValueElement
import ValueProtocol

/// Commands that were valid once, sent again.
@Suite struct AttackReplayTests {
    @Test func `EXECUTEs of older sessions`() throws {
        let victim = try Victim(World.issuedCard())
        var recorded: [[UInt8]] = []
        for round in 0..<5 as Range<UInt64> {
            var session = try victim.session(KeyName(.credit, 1))
            for step in 0..<3 as Range<UInt64> {
                let command = try session.command(.storeCredit, World.order(10 * round + step + 1).bytes)
                recorded.append(command)
                #expect(try session.outcome(try victim.send(command)).status == .done)
            }
        }
        let before = try victim.records
        // Without a session, all but the last, whose answer is retained.
        for command in recorded.dropLast() { #expect(try victim.send(command).status == .conditionsNotSatisfied) }
        for command in recorded {
            try victim.select()
            #expect(try victim.send(command).status == .conditionsNotSatisfied)
        }
        #expect(try victim.records == before)
        for command in recorded {
            _ = try victim.session(KeyName(.credit, 1))
            let isFirst = command[3] == 0
            #expect(try victim.send(command).status == (isFirst ? .verificationFailed : .conditionsNotSatisfied))
        }
        let after = try victim.image
        #expect(try victim.total == 1050 + 75 && after.kept.last?.htxn.rawValue == 43)
    }

    /// A replayed INITIALIZE opens a session that only the key's holder can use.
    @Test func `INITIALIZE of an older session`() throws {
        let victim = try Victim(World.issuedCard())
        let opened = AuthoritySession(key: KeyName(.credit, 1), pid: World.host, r1: AESBlock.zero)
        let first = try victim.send(0x80, 0x50, 1, 1, opened.request).data
        var session = try Session(victim, opened, first, World.key(KeyName(.credit, 1)))
        let command = try session.command(.storeCredit, World.order(1).bytes)
        let second = try victim.send(0x80, 0x50, 1, 1, opened.request).data
        #expect(first != second)
        #expect(try victim.send(command).status == .verificationFailed)
        #expect(try victim.total == 1050)
    }

    enum Ending: CaseIterable {
        case select, selectRefused, selectOther, reset, initialize, initializeRefused, wrongSignature
    }

    /// After anything that ends a session, repeating the last EXECUTE is refused, and so is the next one.
    @Test(arguments: Ending.allCases)
    func `repetition after the end`(ending: Ending) throws {
        let victim = try Victim(World.issuedCard())
        var session = try victim.session(KeyName(.credit, 1))
        let last = try session.command(.storeCredit, World.order(1).bytes)
        let answer = try victim.send(last)
        #expect(try victim.send(last) == answer, "repeated at once")
        #expect(try victim.send(last + [0x00]) == answer, "Le is not part of what is compared")
        #expect(try session.outcome(answer).status == .done)
        let next = try session.command(.storeCredit, World.order(2).bytes)
        switch ending {
        case .select: #expect(try victim.select() == .success)
        case .selectRefused: #expect(try victim.send(0x00, 0xA4, 0x04, 0x00, [1, 2, 3]).status == .notFound)
        case .selectOther: #expect(try victim.send(0x00, 0xA4, 0x00, 0x00, [0x3F, 0]).status == .wrongParameters)
        case .reset: try victim.card.reset()
        case .initialize: _ = try victim.session(KeyName(.admin, 1))
        case .initializeRefused: #expect(try victim.send(0x80, 0x50, 9, 1).status == .wrongParameters)
        case .wrongSignature:
            var turned = next
            turned[turned.count - 1] ^= 1
            #expect(try victim.send(turned).status == .verificationFailed)
        }
        let before = try victim.image
        let expected: [StatusWord] =
            ending == .initialize
            ? [.securityStatusNotSatisfied, .securityStatusNotSatisfied]
            : [.conditionsNotSatisfied, .conditionsNotSatisfied]
        #expect(try [victim.send(last).status, victim.send(next).status] == expected)
        #expect(try victim.image.purses == before.purses && victim.image.kept == before.kept)
        #expect(try victim.total == 1055)
    }

    /// What does not end a session keeps the retained answer too.
    @Test func `repetition after other refusals`() throws {
        let victim = try Victim(World.issuedCard())
        var session = try victim.session(KeyName(.credit, 1))
        let last = try session.command(.storeCredit, World.order(1).bytes)
        let answer = try victim.send(last)
        let refused: [(UInt8, UInt8, UInt8, UInt8, Int)] = [
            (0x80, 0x52, 0x33, 1, 16), (0x80, 0x52, 6, 1, 16), (0x80, 0x52, 1, 2, 16), (0x80, 0x52, 1, 1, 15),
            (0x80, 0x77, 0, 0, 1), (0x90, 0x52, 1, 1, 16), (0x00, 0xCA, 2, 0, 0), (0x00, 0xCA, 1, 9, 0),
        ]
        for (cla, ins, p1, p2, count) in refused {
            #expect(try victim.send(cla, ins, p1, p2, [UInt8](repeating: 0, count: count)).status != .success)
            #expect(try victim.send(last) == answer)
        }
        #expect(try victim.send([0x80]).status == .wrongLength)
        #expect(try victim.send(last) == answer)
        #expect(try session.outcome(answer).status == .done)
        #expect(try session.status(StoreCredit(World.order(2))) == .done)
        #expect(try victim.total == 1060)
    }

    /// The same header and text with another signature is not a repetition.
    @Test func `almost the same is no repetition`() throws {
        let victim = try Victim(World.issuedCard())
        var session = try victim.session(KeyName(.credit, 1))
        var command = try session.command(.storeCredit, World.order(1).bytes)
        #expect(try victim.send(command).status == .success)
        command[command.count - 1] ^= 1
        #expect(try victim.send(command).status == .conditionsNotSatisfied, "its seq has passed")
        #expect(try victim.image.wrongSignatures == 0)
    }
}
