import CardCrypto
import ISO7816
import ValueElement
package import ValueProtocol

/// The purse application: commands in any order, with no key and with every key, with power cut in between. Value moves
/// only by commands sealed with the right key.
package enum PurseSubject {
    static func check(_ bytes: [UInt8]) throws(BrokenProperty) { _ = try done(bytes) }

    /// An input that executes one operation in a session of its purpose.
    ///
    /// - Parameters:
    ///   - element: 0 for a card, 1 for a meter.
    ///   - fields: chooses the values of its fields.
    package static func input(_ op: OperationCode, on element: UInt8, fields: [UInt8]) -> [UInt8] {
        let purpose = Purpose.allCases.firstIndex(of: op.purpose ?? .credit) ?? 0
        let number = OperationCode.allCases.firstIndex(of: op) ?? 0
        return [element, 0x03, UInt8(purpose) | 1 << 3, UInt8(number) << 4 | 0x05] + fields
    }

    /// The operations that an element executes for an input.
    package static func done(_ bytes: [UInt8]) throws(BrokenProperty) -> Set<OperationCode> {
        // The card may echo an input, so an input that holds a key proves nothing.
        guard !Scene.secrets.finds(in: bytes) else { return [] }
        var input = InputReader(bytes)
        let run = try PurseRun(Scene.made(input.byte()))
        var steps = 0
        while !input.isAtEnd, steps < 24 {
            try run.step(&input)
            steps += 1
        }
        try run.finish()
        return run.done
    }
}

/// One element, from a reset to the end of an input.
private final class PurseRun {
    private let bench: Bench
    private let suite: CipherSuite
    private var session: AuthoritySession?
    private var image: ElementImage
    private(set) var done: Set<OperationCode> = []

    init(_ made: Scene.Made) throws(BrokenProperty) {
        image = made.image
        bench = try Bench(made.records, clock: SetClockOnly())
        do { suite = try CipherSuite() } catch { throw BrokenProperty(description: "\(error)") }
    }

    func step(_ input: inout InputReader) throws(BrokenProperty) {
        let choice = input.byte()
        switch choice & 0x0F {
        case 0, 1: _ = try send(input.piece())
        case 2: try select(choice >> 4)
        case 3, 4: try open(input.byte())
        case 5, 6, 7, 8:
            let op = OperationCode.allCases[Int(choice >> 4) % OperationCode.allCases.count]
            try execute(op, op.plaintext(for: image, suite, from: &input))
        case 9:
            let op = OperationCode.allCases[Int(choice >> 4) % OperationCode.allCases.count]
            try execute(op, input.piece())
        case 10: try forge(choice >> 4, at: Int(input.byte()), bit: input.byte() & 7)
        case 11: try repeatLast()
        case 12: try reset()
        case 13: bench.failure.cutPower(atWrite: 1, keeping: [.nothing, .half, .everything][Int(choice >> 4) % 3])
        case 14: _ = try send([0x00, 0xCA, 0x01, choice >> 4, 0x00])
        default: try disturb(at: Int(input.byte()), with: input.byte())
        }
    }

    /// The element's state is the state in memory, except for the count of wrong signatures.
    func finish() throws(BrokenProperty) {
        bench.failure.restorePower()
        try reset()
        let stored = try bench.images().element
        try unchanged(image, stored)
        try hold(stored.nt == image.nt, "NT is the one in memory")
    }

    // MARK: Steps

    private func select(_ choice: UInt8) throws(BrokenProperty) {
        let aid = choice & 1 == 0 ? ElementApplication.purse.aid : ElementApplication.masterKey.aid
        _ = try send([0x00, 0xA4, 0x04, 0x00, UInt8(aid.count)] + aid)
        session = nil
    }

    private func reset() throws(BrokenProperty) {
        try bench.reset()
        session = nil
        image = try bench.images().element
    }

    private func open(_ choice: UInt8) throws(BrokenProperty) {
        let name = KeyName(Purpose.allCases[Int(choice & 7) % 5], choice >> 3 & 3)
        let pid = name.purpose == .transfer ? (choice & 0x80 == 0 ? Scene.gasMeter : Scene.waterMeter) : Scene.host
        let slot = image.slot(boundTo: pid).flatMap { $0.version == name.version ? $0.kx : nil }
        let key = name.purpose == .transfer ? slot : image.key(name)
        var opened = AuthoritySession(key: name, pid: pid, r1: AESBlock(InlineArray<16, UInt8>(repeating: choice)))
        session = nil
        let command: [UInt8] = [0x80, 0x50, name.purpose.rawValue, name.version, 24] + opened.request
        guard let answer = try send(command), answer.status == .success else { return }
        guard let key else { throw BrokenProperty(description: "a session is opened with a key that is held") }
        do throws(SessionError) {
            try opened.authenticate(answer.data, from: image.eid, key: key, suite)
        } catch {
            throw BrokenProperty(description: "an element is genuine to who holds its key: \(error)")
        }
        try hold(opened.identity?.nt == image.nt, "NT told is NT kept")
        session = opened
    }

    /// Sends a command sealed with the right key, and checks its effect.
    private func execute(_ op: OperationCode, _ plaintext: [UInt8]) throws(BrokenProperty) {
        guard var open = session, let command = sealed(op, plaintext, in: &open) else { return }
        let before = image
        let answer = try send(command, sealing: (op, plaintext))
        guard let answer, answer.status == .success else {
            // The session continues at the same seq, which the element has not used.
            if answer == nil { session = nil }
            return
        }
        let c4: [UInt8]
        do throws(SessionError) {
            c4 = try open.unseal(answer.data, suite)
        } catch {
            throw BrokenProperty(description: "an answer is genuine: \(error)")
        }
        session = open
        try bench.look(c4)
        guard let status = BusinessStatus(rawValue: UInt16(c4[0]) << 8 | UInt16(c4[1])) else {
            throw BrokenProperty(description: "a status is one of the protocol's")
        }
        if status == .done { done.insert(op) }
        if status != .done { try unchanged(before, image, exceptKeys: true) }
        if status == .done || status == .alreadyApplied {
            try hold(c4.count > 10, "an answer is told")
        } else {
            try hold(c4.count == 10, "a refusal tells status and EID alone")
        }
    }

    private func sealed(
        _ op: OperationCode, _ plaintext: [UInt8], in open: inout AuthoritySession
    ) -> [UInt8]? {
        guard plaintext.count <= 239, let seq = open.seq else { return nil }
        do throws(SessionError) {
            let data = try open.seal(plaintext, op: op, suite)
            return [0x80, 0x52, op.rawValue, seq, UInt8(data.count)] + data
        } catch {
            return nil
        }
    }

    /// A bit of C3 or S3 flipped: never accepted.
    private func forge(_ choice: UInt8, at offset: Int, bit: UInt8) throws(BrokenProperty) {
        guard var open = session else { return }
        let op = OperationCode.allCases[Int(choice) % OperationCode.allCases.count]
        var input = InputReader([])
        guard var command = sealed(op, op.plaintext(for: image, suite, from: &input), in: &open) else { return }
        command[5 + offset % (command.count - 5)] ^= 1 << bit
        let answer = try send(command)
        try hold(answer?.status != .success, "a signature that is wrong is not taken")
        if answer?.status == .verificationFailed { session = nil }
    }

    /// The last command again, byte for byte: the stored answer is returned, and nothing is applied.
    private func repeatLast() throws(BrokenProperty) {
        guard bench.last.count > 1, bench.last[1] == 0x52 else { return }
        _ = try send(bench.last)
    }

    /// The last command with a byte changed.
    private func disturb(at offset: Int, with byte: UInt8) throws(BrokenProperty) {
        guard !bench.last.isEmpty else { return }
        var command = bench.last
        command[offset % command.count] ^= byte | 1
        _ = try send(command)
    }

    // MARK: What must hold

    /// Sends a command and checks what it changed.
    private func send(
        _ command: [UInt8], sealing sealed: (op: OperationCode, plaintext: [UInt8])? = nil
    ) throws(BrokenProperty) -> ResponseAPDU? {
        let before = image
        let answer = try bench.send(command)
        if answer != nil, let element = bench.card.element {
            image = element.image
        } else {
            image = try bench.images().element
        }
        if answer == nil { session = nil }
        if command.count > 1, command[0] == 0x80, command[1] == 0x50 || answer?.status == .verificationFailed {
            session = nil
        } else if command.count > 1, command[0] == 0, command[1] == 0xA4 {
            session = nil
        }
        try hold(image.eid == before.eid, "an element stays who it is")
        try hold(image.nt >= before.nt && image.nt - before.nt <= 1, "NT goes on by one, and never back")
        try hold(image.kept.count <= 8, "eight transactions are kept")
        try hold(
            zip(image.kept, image.kept.dropFirst()).allSatisfy { $0.htxn < $1.htxn }, "transactions are ascending")
        if let sealed {
            try account(sealed.op, sealed.plaintext, before)
        } else {
            try unchanged(before, image)
        }
        return answer
    }

    /// Value moves by the amount of the order, to or from one purse; after a power cut in the middle, it has moved or
    /// not.
    private func account(
        _ op: OperationCode, _ plaintext: [UInt8], _ before: ElementImage
    ) throws(BrokenProperty) {
        var changed: [(old: UInt64, new: UInt64)] = []
        for purse in image.purses {
            let old = before.purse(purse.service)?.balance ?? .zero
            if old != purse.balance { changed.append((old.rawValue, purse.balance.rawValue)) }
        }
        try hold(
            before.purses.allSatisfy { image.purse($0.service) != nil }, "no purse is lost")
        let repaid = try owe(op, plaintext, before)
        guard let change = changed.first else {
            return try hold(repaid == 0 || image.kept.last?.amount.rawValue == repaid, "what repays debt is a credit")
        }
        try hold(changed.count == 1, "one purse changes at a time")
        let amount: UInt64
        switch op {
        case .storeCredit, .refund:
            guard let order = CreditOrder(plaintext), image.kept.last?.htxn == order.htxn else {
                throw BrokenProperty(description: "value moves by an order that is kept")
            }
            amount = order.amount.rawValue
            if op == .storeCredit {
                try hold(
                    change.new > change.old && change.new - change.old + repaid == amount,
                    "what is credited, or repays debt, is the amount")
            } else {
                try hold(change.new < change.old && change.old - change.new == amount, "what is refunded is the amount")
            }
        case .debit:
            guard let order = Debit(plaintext) else {
                throw BrokenProperty(description: "value is drawn by an order that can be read")
            }
            try hold(
                change.new < change.old && change.old - change.new <= order.amount.rawValue,
                "no more is drawn than asked for")
            try hold(
                image.slots.contains { $0.nt == image.nt && $0.amount.rawValue == change.old - change.new },
                "what is drawn stands in the slot")
        default: throw BrokenProperty(description: "\(op) moves no value")
        }
    }

    /// Debt changes by the amount of the order, or by what a credit repays; returns that.
    private func owe(
        _ op: OperationCode, _ plaintext: [UInt8], _ before: ElementImage
    ) throws(BrokenProperty) -> UInt64 {
        let (old, new) = (before.debt, image.debt)
        guard old != new else { return 0 }
        guard let order = CreditOrder(plaintext), image.kept.last?.htxn == order.htxn else {
            throw BrokenProperty(description: "debt changes by an order that is kept")
        }
        let amount = order.amount.rawValue
        switch op {
        case .addDebt: try hold(new.owed.rawValue - old.owed.rawValue == amount, "what is added is the amount")
        case .remitDebt: try hold(old.owed.rawValue - new.owed.rawValue == amount, "what is remitted is the amount")
        case .storeCredit:
            let repaid = old.owed.rawValue - new.owed.rawValue
            try hold(repaid > 0 && repaid <= amount, "a credit repays no more than it is")
            return repaid
        default: throw BrokenProperty(description: "\(op) changes no debt")
        }
        return 0
    }

    /// Everything but NT and the count of wrong signatures is unchanged.
    private func unchanged(
        _ old: ElementImage, _ new: ElementImage, exceptKeys: Bool = false
    ) throws(BrokenProperty) {
        try hold(old.purses == new.purses, "purses change by a sealed order alone")
        try hold(old.slots == new.slots, "slots change by a sealed order alone")
        try hold(old.kept == new.kept && old.credited == new.credited, "what is kept changes by a sealed order alone")
        try hold(
            old.lastTable == new.lastTable && old.charges == new.charges,
            "what is charged changes by a sealed order alone")
        try hold(old.debt == new.debt, "debt changes by a sealed order alone")
        try hold(old.state == new.state, "the state changes by a sealed order alone")
        // A correct signature erases older keys, whatever the result of the order.
        if !exceptKeys { try hold(old.keys == new.keys, "keys change by a sealed order alone") }
    }
}
