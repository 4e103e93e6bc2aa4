import ISO7816
import Testing
import ValueElement
import ValueProtocol

/// The order of checks (protocol §4): each command breaks the rule it is named for and all later ones.
@Suite struct AttackOrderTests {
    @Test func `INITIALIZE`() throws {
        let card = try Victim(World.issuedCard())
        let terminated = try Victim(World.issuedCard(.terminated))
        var spent = World.issuedCard()
        spent.nt = .max
        let exhausted = try Victim(spent)
        let blank = try Victim(ElementImage(blank: World.card, transportKey: World.key(.transport)))
        let rows: [(Victim, UInt8, UInt8, Int, StatusWord)] = [
            (terminated, 0, 9, 5, .wrongParameters), (terminated, 6, 1, 24, .wrongParameters),
            (terminated, 1, 9, 23, .wrongLength), (terminated, 1, 9, 25, .wrongLength),
            (terminated, 1, 9, 0, .wrongLength), (terminated, 1, 9, 24, .conditionsNotSatisfied),
            (terminated, 1, 1, 24, .conditionsNotSatisfied), (exhausted, 1, 9, 24, .conditionsNotSatisfied),
            (exhausted, 1, 9, 23, .wrongLength), (exhausted, 1, 1, 24, .conditionsNotSatisfied),
            (card, 1, 2, 24, .referencedDataNotFound), (card, 4, 0, 24, .referencedDataNotFound),
            // Only the bound meter may open a TRANSFER session, and PID 0 is not a meter.
            (card, 5, 1, 24, .referencedDataNotFound), (card, 1, 1, 24, .success),
            (blank, 1, 1, 24, .referencedDataNotFound), (blank, 4, 1, 24, .referencedDataNotFound),
            (blank, 4, 0, 24, .success),
        ]
        for (index, row) in rows.enumerated() {
            let data = [UInt8](repeating: 0, count: row.3)
            #expect(try row.0.send(0x80, 0x50, row.1, row.2, data).status == row.4, "row \(index)")
        }
        // A blank element that received a key other than ADMIN, before it is issued.
        var session = try blank.session(.transport)
        let put = PutKeys.plaintext([(KeyName(.credit, 1), World.key(KeyName(.credit, 1)))], blank.suite)
        #expect(try session.execute(.putKey, put).status == .done)
        let r1 = [UInt8](repeating: 0, count: 24)
        #expect(try blank.send(0x80, 0x50, 1, 1, r1).status == .conditionsNotSatisfied)
        #expect(try blank.send(0x80, 0x50, 1, 2, r1).status == .referencedDataNotFound)
    }

    @Test func `EXECUTE`() throws {
        let victim = try Victim(World.issuedCard())
        func send(_ op: UInt8, _ seq: UInt8, _ count: Int) throws -> StatusWord {
            try victim.send(0x80, 0x52, op, seq, [UInt8](repeating: 0xEE, count: count)).status
        }
        #expect(try send(0x11, 9, 3) == .conditionsNotSatisfied, "no session")
        var session = try victim.session(KeyName(.credit, 1))
        let good = try session.command(.storeCredit, World.order(1).bytes)
        let answer = try victim.send(good)
        #expect(try victim.send(good) == answer, "repetition comes first, whatever its seq")
        for op in [0x00, 0x11, 0x80, 0xFF] as [UInt8] { #expect(try send(op, 9, 3) == .wrongParameters) }
        for op in [2, 3, 5, 6, 7, 8, 9, 11, 15, 16] as [UInt8] {
            #expect(try send(op, 9, 3) == .securityStatusNotSatisfied)
        }
        for op in [1, 4, 10, 12, 13, 14] as [UInt8] {
            for seq in [0, 2, 255] as [UInt8] { #expect(try send(op, seq, 3) == .conditionsNotSatisfied) }
            for count in [0, 1, 15] { #expect(try send(op, 1, count) == .wrongLength) }
        }
        #expect(try send(1, 1, 16) == .verificationFailed)
        #expect(try send(0x11, 1, 16) == .conditionsNotSatisfied, "the session has ended")
        #expect(try victim.send(good).status == .conditionsNotSatisfied)
        #expect(try victim.send(0x00, 0xCA, 1, 0).data.suffix(2) == [0, 1], "counted, and told at once")
        #expect(try victim.image.wrongSignatures == 0, "written with the next change")
        _ = try victim.session(KeyName(.credit, 1))
        #expect(try victim.image.wrongSignatures == 1)
    }

    @Test func `classes and instructions`() throws {
        let victim = try Victim(World.issuedCard())
        for cla in 0...255 as ClosedRange<UInt8> where cla != 0x00 && cla != 0x80 {
            #expect(try victim.send(cla, 0x50, 1, 1).status == .classNotSupported)
        }
        for ins in 0...255 as ClosedRange<UInt8> {
            if ![0xA4, 0xCA].contains(ins) {
                #expect(try victim.send(0x00, ins, 0, 0).status == .instructionNotSupported, "\(ins)")
            }
            if ![0x50, 0x52].contains(ins) {
                #expect(try victim.send(0x80, ins, 0, 0).status == .instructionNotSupported, "\(ins)")
            }
        }
        #expect(try victim.select(.masterKey) == .notFound)
        #expect(
            try victim.send(0x00, 0xA4, 0x04, 0x00, Array(ElementApplication.purse.aid.dropLast())).status == .notFound)
    }

    /// Wrong signatures are counted to 65,535 and lock nothing.
    @Test func `wrong signatures lock nothing`() throws {
        var image = World.issuedCard()
        image.wrongSignatures = .max - 1
        let victim = try Victim(image)
        for _ in 0..<3 {
            _ = try victim.session(KeyName(.credit, 1))
            #expect(try victim.send(0x80, 0x52, 1, 0, [UInt8](repeating: 0, count: 16)).status == .verificationFailed)
        }
        var session = try victim.session(KeyName(.credit, 1))
        #expect(try session.status(StoreCredit(World.order(1))) == .done)
        #expect(try victim.image.wrongSignatures == .max)
    }
}
