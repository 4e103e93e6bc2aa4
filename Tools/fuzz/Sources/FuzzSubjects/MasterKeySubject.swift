import CardCrypto
import ISO7816
import ValueElement
package import ValueProtocol

/// The master-key application, with a card to which it sells credit: commands in any order, right and wrong PINs,
/// forged and repeated messages, power cuts. No key leaves, no value is created, and nothing that requires a PIN is
/// done without one.
package enum MasterKeySubject {
    static func check(_ bytes: [UInt8]) throws(BrokenProperty) { _ = try sealed(bytes) }

    /// The operations that the card seals for an input.
    package static func sealed(_ bytes: [UInt8]) throws(BrokenProperty) -> Set<OperationCode> {
        guard !Scene.secrets.finds(in: bytes) else { return [] }
        var input = InputReader(bytes)
        let run = try MasterKeyRun()
        var steps = 0
        while !input.isAtEnd, steps < 24 {
            try run.step(&input)
            steps += 1
        }
        return run.done
    }
}

private final class MasterKeyRun {
    private static let pins = ["1111", "2222", "3333"]
    private let desk: Bench
    private let parties: Parties
    /// The card, made when first needed: many inputs never reach it.
    private var known: Bench?
    private let suite: CipherSuite
    /// Custodians who have given their PINs since the last SELECT or reset.
    private var present: Set<UInt8> = []
    private var image: MasterKeyImage
    private var float: UInt64
    private let total: UInt64
    /// The last sealed command, and its operation.
    private var sealed: (op: OperationCode, request: [UInt8], data: [UInt8])?
    private var seq: UInt8 = 0
    private(set) var done: Set<OperationCode> = []

    /// The master-key card and the card to which it sells: made once, and copied for every input.
    private struct Parties: Sendable {
        let image: MasterKeyImage
        let desk: [RecordName: [UInt8]]
        let card: [RecordName: [UInt8]]
        /// The total of float and purses.
        let total: UInt64
    }

    private static let parties = Result { () throws(CryptoError) in parties(try CipherSuite()) }

    private static func parties(_ suite: CipherSuite) -> Parties {
        var element = ElementImage(blank: Scene.masterKeyCard, transportKey: nil)
        element.state = .issued
        element.put(
            Purse(service: .float, currency: Scene.euro, limit: .all, balance: Amount(rawValue: 1_000)))
        var image = MasterKeyImage()
        for (index, pin) in pins.enumerated() {
            image.custodians[index] = Custodian(pin: Secret(copying: Array(pin.utf8)))
        }
        for purpose in Purpose.allCases {
            let name = KeyName(purpose, 1)
            image.keys.append(StoredKey(name: name, key: Scene.key(name)))
        }
        let operations = OperationCode.allCases.reduce(0) { $0 | $1.ruleBit }
        image.rules = DeskRules(first: Scene.card, count: 10, operations: operations)
        var subscriber = Scene.made(0).image
        for purpose in [Purpose.credit, .tariff, .usage, .admin] {
            let name = KeyName(purpose, 1)
            subscriber.put(StoredKey(name: name, key: suite.elementKey(Scene.key(name), name, for: Scene.card)))
        }
        let euros = subscriber.purses.filter { $0.currency == Scene.euro }
        return Parties(
            image: image, desk: ValueCard.records(image, element: element), card: ValueCard.records(subscriber),
            total: euros.reduce(1_000) { $0 + $1.balance.rawValue })
    }

    init() throws(BrokenProperty) {
        do throws(CryptoError) {
            suite = try CipherSuite()
            parties = try Self.parties.get()
        } catch {
            throw BrokenProperty(description: "\(error)")
        }
        desk = try Bench(parties.desk)
        image = parties.image
        (float, total) = (1_000, parties.total)
        try select(.masterKey)
    }

    private func card() throws(BrokenProperty) -> Bench {
        if let known { return known }
        let card = try Bench(parties.card)
        known = card
        return card
    }

    func step(_ input: inout InputReader) throws(BrokenProperty) {
        let choice = input.byte()
        let high = choice >> 4
        switch choice & 0x0F {
        case 0 where high & 1 == 1: try letter(part: input.byte(), parts: input.byte(), input.piece())
        case 0: _ = try send(input.piece())
        case 1: try select(high & 3 == 3 ? .purse : .masterKey)
        case 2, 3: try verify(high & 7, isRight: high & 8 == 0)
        case 4: try changePIN(high & 7, to: input.byte(), isRight: high & 8 == 0)
        case 5: _ = try send([0x00, 0x2C, 0x00, high & 7, 4] + Self.pin(input.byte()))
        case 6: try loadComponent(input.byte(), input.byte(), fill: input.byte())
        case 7: try setRules(input.byte(), operations: input.word())
        case 8, 9: try open(high)
        case 10, 11: try seal(high, &input)
        case 12: try deliver(forged: high == 0xF)
        case 13: try sealAgain(changed: high & 1 == 1)
        case 14: try reset(high)
        default: desk.failure.cutPower(atWrite: 1, keeping: [.nothing, .half, .everything][Int(high) % 3])
        }
    }

    // MARK: Steps

    private func select(_ application: ElementApplication) throws(BrokenProperty) {
        _ = try send([0x00, 0xA4, 0x04, 0x00, 7] + application.aid)
    }

    private func reset(_ choice: UInt8) throws(BrokenProperty) {
        if choice & 1 == 0 {
            try desk.reset()
            (present, sealed) = ([], nil)
            try select(.masterKey)
        } else {
            try card().reset()
        }
    }

    private static func pin(_ number: UInt8) -> [UInt8] { [UInt8](repeating: 0x30 + number % 10, count: 4) }

    private func verify(_ custodian: UInt8, isRight: Bool) throws(BrokenProperty) {
        var digits = Self.pin(9)
        if isRight, (1...8).contains(custodian), let pin = image.custodians[Int(custodian) - 1].pin {
            digits = unsafe pin.withBytes { unsafe Array($0) }
        }
        let before = image
        guard let answer = try send([0x00, 0x20, 0x00, custodian, UInt8(digits.count)] + digits) else { return }
        let held = (1...8).contains(custodian) ? before.custodians[Int(custodian) - 1] : Custodian(tries: 0)
        let isPIN = held.pin.map { $0.matches(Secret(copying: digits)) } ?? false
        if answer.status == .success, isMasterKeySelected {
            try hold(isPIN && held.tries > 0, "the right PIN alone is taken, while there are tries")
        }
    }

    private func changePIN(_ custodian: UInt8, to number: UInt8, isRight: Bool) throws(BrokenProperty) {
        var old: [UInt8] = []
        if isRight, (1...8).contains(custodian), let pin = image.custodians[Int(custodian) - 1].pin {
            old = unsafe pin.withBytes { unsafe Array($0) }
        }
        let data = old + [0xFF] + Self.pin(number)
        _ = try send([0x00, 0x24, 0x00, custodian, UInt8(data.count)] + data)
    }

    private func loadComponent(_ name: UInt8, _ numbers: UInt8, fill: UInt8) throws(BrokenProperty) {
        let component = [UInt8](repeating: fill, count: 16)
        var data = [numbers & 0x0F, numbers >> 4] + component
        data.append(suite.checkValue(of: Secret(copying: component)))
        _ = try send([0x80, 0xD8, name & 7, name >> 3 & 3, UInt8(data.count)] + data)
    }

    private func setRules(_ first: UInt8, operations: Int) throws(BrokenProperty) {
        var data: [UInt8] = []
        data.append(bigEndian: PartyID(issuer: 7, kind: .subscriberCard, number: UInt32(first & 3)).rawValue)
        data.append(bigEndian: UInt16(first >> 4))
        data.append(bigEndian: UInt16(operations))
        _ = try send([0x80, 0xDA, 0x00, 0x00, 12] + data)
    }

    /// OPEN SESSION, INITIALIZE of the card, AUTHENTICATE.
    private func open(_ choice: UInt8) throws(BrokenProperty) {
        let purpose = Purpose.allCases[Int(choice & 7) % 5]
        var eid: [UInt8] = []
        eid.append(bigEndian: Scene.card.rawValue)
        let opened = try send([0x80, 0x60, purpose.rawValue, 1, 8] + eid)
        guard let opened, opened.status == .success else { return }
        (sealed, seq) = (nil, 0)
        let answer = try card().send([0x80, 0x50, purpose.rawValue, 1, UInt8(opened.data.count)] + opened.data)
        guard let answer, answer.status == .success else { return }
        var reported = Array(answer.data)
        if choice & 8 != 0 { reported[Int(choice & 7) * 5] ^= 1 }
        let taken = try send([0x80, 0x62, 0x00, 0x00, UInt8(reported.count)] + reported)
        if choice & 8 != 0 { try hold(taken?.status != .success, "an element that is forged is not genuine") }
    }

    private func seal(_ choice: UInt8, _ input: inout InputReader) throws(BrokenProperty) {
        let all = OperationCode.allCases
        guard choice < 0xF else {
            return try seal(all[Int(input.byte()) % all.count], input.piece())
        }
        let op = all[Int(choice) % all.count]
        try seal(op, op.request(for: try card().images().element, from: &input))
    }

    private func seal(_ op: OperationCode, _ request: [UInt8]) throws(BrokenProperty) {
        let isKnown = image.sealed
        let answer = try send(
            [0x80, 0x64, op.rawValue, 0x00] + (request.isEmpty ? [] : [UInt8(request.count)] + request))
        guard let answer, answer.status == .success, isMasterKeySelected else { return }
        try hold(!present.isEmpty, "nothing is sealed before a custodian gave a PIN")
        if let sealed, op == sealed.op, request == sealed.request {
            try hold(answer.data.elementsEqual(sealed.data), "the same again is the same bytes")
        } else {
            try hold(image.rules.allow(op), "what the rules do not allow is not sealed")
        }
        if op.takesFromFloat {
            guard let order = CreditOrder(request) else {
                throw BrokenProperty(description: "what is sold is an order")
            }
            let credit = SealedCredit(
                eid: Scene.card, htxn: order.htxn, service: order.service, currency: order.currency,
                amount: order.amount)
            try hold(image.sealed.contains(credit), "what is sold is written down")
            try hold(
                isKnown.allSatisfy { $0 == credit || $0.htxn != credit.htxn || $0.eid != credit.eid },
                "one number is one order")
        }
        sealed = (op, request, Array(answer.data))
        done.insert(op)
    }

    /// LETTER, to the gas meter where it begins.
    private func letter(part: UInt8, parts: UInt8, _ bytes: [UInt8]) throws(BrokenProperty) {
        var data: [UInt8] = []
        if part & 3 == 0 {
            data.append(1)
            data.append(bigEndian: Scene.gasMeter.rawValue)
        }
        data += bytes
        guard data.count < 256, !data.isEmpty else { return }
        let answer = try send([0x80, 0x68, part & 3, parts & 15, UInt8(data.count)] + data)
        guard let answer, answer.status == .success, isMasterKeySelected else { return }
        try hold(!present.isEmpty && image.rules.allow(.post), "a letter needs a PIN, and rules that allow POST")
        try hold(answer.data.count == (part & 3 == (parts & 15) - 1 ? 16 : 0), "the last part has the MAC")
    }

    private func sealAgain(changed: Bool) throws(BrokenProperty) {
        guard var last = sealed else { return }
        if changed, !last.request.isEmpty { last.request[last.request.count - 1] ^= 1 }
        try seal(last.op, last.request)
    }

    /// EXECUTE at the card, and UNSEAL.
    private func deliver(forged: Bool) throws(BrokenProperty) {
        guard let last = sealed else { return }
        let answer = try card().send([0x80, 0x52, last.op.rawValue, seq, UInt8(last.data.count)] + last.data)
        try conserve()
        guard let answer, answer.status == .success else { return }
        var reported = Array(answer.data)
        if forged { reported[0] ^= 1 }
        let opened = try send([0x80, 0x66, 0x00, 0x00, UInt8(reported.count)] + reported)
        if forged { try hold(opened?.status != .success, "an answer that is forged is not opened") }
        sealed = nil
        seq &+= 1
    }

    // MARK: What must hold

    private var isMasterKeySelected = false

    private func send(_ command: [UInt8]) throws(BrokenProperty) -> ResponseAPDU? {
        let (before, floatBefore, presentBefore) = (image, float, present)
        let answer = try desk.send(command)
        follow(command, answer)
        let now = try desk.images()
        guard let masterKey = now.masterKey, let purse = now.element.purse(.float) else {
            throw BrokenProperty(description: "master keys and float stay in memory")
        }
        (image, float) = (masterKey, purse.balance.rawValue)
        let ins = command.count > 1 ? command[1] : 0
        if image.rules != before.rules { try hold(presentBefore.count >= 2, "two custodians set rules") }
        if image.keys != before.keys { try hold(ins == 0xD8 && !presentBefore.isEmpty, "keys come by components") }
        for (old, new) in zip(before.custodians, image.custodians) where old != new {
            try hold([0x20, 0x24, 0x2C].contains(ins), "PINs change by the commands for them")
            if ins == 0x20 { try hold(old.pin?.count == new.pin?.count, "VERIFY changes no PIN") }
        }
        try hold(float <= floatBefore, "the float does not grow by what the desk does")
        if float < floatBefore {
            try hold(ins == 0x64 && image.sealed != before.sealed, "the float falls by what is sold")
            try hold(image.sealed.last?.amount.rawValue == floatBefore - float, "the float falls by the amount sold")
            try conserve()
        }
        return answer
    }

    /// Tracks who has given a PIN, from the answers.
    private func follow(_ command: [UInt8], _ answer: ResponseAPDU?) {
        guard let answer else {
            (present, sealed, isMasterKeySelected) = ([], nil, false)
            return
        }
        // Bytes that are not a command APDU are not a SELECT either, and end nothing.
        guard Self.isAPDU(command), answer.status != .wrongLength || command[1] == 0xA4 else { return }
        switch (command[0], command[1]) {
        case (0x00, 0xA4):
            (present, sealed) = ([], nil)
            if answer.status == .success {
                isMasterKeySelected = command.dropFirst(5).starts(with: ElementApplication.masterKey.aid)
            }
        case (0x00, 0x20) where isMasterKeySelected && answer.status == .success: present.insert(command[3])
        default: break
        }
    }

    private static func isAPDU(_ bytes: [UInt8]) -> Bool {
        do throws(APDUError) {
            _ = try CommandAPDU(bytes)
            return true
        } catch {
            return false
        }
    }

    /// The desk never sells more, delivered or not, than the float held.
    private func conserve() throws(BrokenProperty) {
        let purses = try card().images().element.purses.filter { $0.currency == Scene.euro }
        let (sum, isOver) = purses.reduce((float, false)) { sum, purse in
            let (next, over) = sum.0.addingReportingOverflow(purse.balance.rawValue)
            return (next, sum.1 || over)
        }
        try hold(!isOver && sum <= total, "no value is made")
    }
}
