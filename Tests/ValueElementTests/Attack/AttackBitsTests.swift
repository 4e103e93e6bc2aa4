import CardCrypto
import ISO7816
import Testing
import ValueElement
import ValueProtocol

/// One flipped bit in a valid command.
@Suite struct AttackBitsTests {
    /// The expected status word for an EXECUTE of STORE CREDIT, seq 0, with a flipped bit (protocol §3, §4).
    private func word(forTurned command: [UInt8], byte: Int) -> StatusWord {
        switch byte {
        case 0: return command[0] == 0x00 ? .instructionNotSupported : .classNotSupported
        // 50 is INITIALIZE, whose data has another length; it still ends the session.
        case 1: return command[1] == 0x50 ? .wrongLength : .instructionNotSupported
        case 2:
            guard let op = OperationCode(rawValue: command[2]) else { return .wrongParameters }
            return op.purpose == .credit ? .verificationFailed : .securityStatusNotSatisfied
        case 3: return .conditionsNotSatisfied
        // One less, and the last byte of S3 is parsed as Le.
        case 4: return command[4] == 38 ? .verificationFailed : .wrongLength
        default: return .verificationFailed
        }
    }

    @Test func `any bit of EXECUTE`() throws {
        let victim = try Victim(World.issuedCard())
        var tried = 0
        for bit in 0..<(44 * 8) {
            var session = try victim.session(KeyName(.credit, 1))
            let good = try session.command(.storeCredit, World.order(100).bytes)
            #expect(good.count == 44)
            var turned = good
            turned[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            let before = try victim.image
            let answer = try victim.send(turned)
            #expect(answer.status == word(forTurned: turned, byte: bit / 8), "bit \(bit)")
            #expect(answer.data.isEmpty)
            let after = try victim.image
            #expect(after.purses == before.purses && after.kept == before.kept && after.nt == before.nt, "bit \(bit)")
            // A wrong signature ends the session, and so does INITIALIZE; nothing else does.
            let isOver = answer.status == .verificationFailed || turned[1] == 0x50
            if isOver { #expect(try victim.send(good).status == .conditionsNotSatisfied, "bit \(bit)") }
            tried += 1
        }
        #expect(tried == 352)
        var session = try victim.session(KeyName(.credit, 1))
        #expect(try session.status(StoreCredit(World.order(100))) == .done, "none of them was applied")
    }

    /// A refusal with a status word other than 6300 keeps the session: the valid EXECUTE after it is executed.
    @Test(arguments: [0, 8 + 7, 16, 24, 32])
    func `the session outlives other refusals`(bit: Int) throws {
        let victim = try Victim(World.issuedCard())
        var session = try victim.session(KeyName(.credit, 1))
        let good = try session.command(.storeCredit, World.order(100).bytes)
        var turned = good
        turned[bit / 8] ^= 0x80 >> UInt8(bit % 8)
        #expect(try victim.send(turned).status != .success)
        #expect(try session.outcome(try victim.send(good)).status == .done)
    }

    @Test func `any bit of INITIALIZE`() throws {
        let victim = try Victim(World.issuedCard())
        let opened = AuthoritySession(key: KeyName(.credit, 1), pid: World.host, r1: AESBlock.zero)
        let good = try CommandAPDU(cla: 0x80, ins: 0x50, p1: 1, p2: 1, data: opened.request).bytes
        for bit in 0..<(good.count * 8) {
            let before = try victim.image
            var turned = good
            turned[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            let answer = try victim.send(turned)
            let expected: StatusWord =
                switch bit / 8 {
                case 0: turned[0] == 0 ? .instructionNotSupported : .classNotSupported
                case 1: turned[1] == 0x52 ? .conditionsNotSatisfied : .instructionNotSupported
                // Purpose 0 does not exist; 3 and 5 do, 5 without a slot for this PID.
                case 2:
                    turned[2] == 3 ? .success : turned[2] == 5 ? .referencedDataNotFound : .wrongParameters
                case 3: .referencedDataNotFound
                case 4: .wrongLength
                default: .success
                }
            #expect(answer.status == expected, "bit \(bit)")
            var authority = opened
            if answer.status == .success {
                #expect(answer.data.count == 44)
                #expect(throws: SessionError(.elementNotGenuine, ""), "bit \(bit)") {
                    try authority.authenticate(
                        answer.data[...], from: World.card, key: World.key(KeyName(.credit, 1)), victim.suite)
                }
            }
            let after = try victim.image
            #expect(after.purses == before.purses && after.kept == before.kept && after.keys == before.keys)
            #expect(after.nt == before.nt + (answer.status == .success ? 1 : 0), "bit \(bit)")
        }
    }

    /// Any flipped bit in the element's answers: the authority accepts none of them.
    @Test func `any bit of the answers`() throws {
        let victim = try Victim(World.issuedCard())
        let key = World.key(KeyName(.credit, 1))
        let opened = AuthoritySession(key: KeyName(.credit, 1), pid: World.host, r1: AESBlock.zero)
        let first = try victim.send(0x80, 0x50, 1, 1, opened.request).data
        for bit in 0..<(first.count * 8) {
            var turned = first
            turned[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            var authority = opened
            #expect(throws: SessionError.self, "bit \(bit)") {
                try authority.authenticate(turned[...], from: World.card, key: key, victim.suite)
            }
        }
        var session = try Session(victim, opened, first, key)
        let second = try victim.send(try session.command(.storeCredit, World.order(100).bytes)).data
        for bit in 0..<(second.count * 8) {
            var turned = second
            turned[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            var authority = session.authority
            #expect(throws: SessionError(.answerNotGenuine, ""), "bit \(bit)") {
                _ = try authority.unseal(turned[...], victim.suite)
            }
        }
    }
}
