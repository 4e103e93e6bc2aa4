import CardCrypto
import Issuing
import Meter
import TestSupport
import TestWorlds
import Testing
import ValueElement

@testable import Demonstration
@testable import HeadEnd
@testable import ValueProtocol

/// What people do with this system's cards, from the key ceremony on.
enum ValueFlows {
    static let issuer: UInt32 = 0x00A1_B2C3
    static let masterID = PartyID(issuer: issuer, kind: .masterKeyCard, number: 1)
    static let meter = PartyID(issuer: issuer, kind: .gasMeter, number: 0x78)
    static func card(_ number: UInt32) -> PartyID { PartyID(issuer: issuer, kind: .subscriberCard, number: number) }

    /// The whole demonstration, twice: as text and as JSON.
    static func demonstration() throws -> [Flow] {
        try [false, true].map { isJSON in
            let flow = Flow(isJSON ? "demonstration as JSON" : "demonstration")
            let suite = try CipherSuite()
            let stage = try InProcessStage(
                master: flow.tapped(Cast.blankMasterCard()), subscriber: flow.tapped(Cast.blankCard(suite)))
            let story = try Demonstration(json: isJSON).play(on: stage, { flow.add($0) }, { flow.said.append($0) })
            for pin in ["1234", "567890"] { flow.secrets.insert(pin: pin) }
            let parties = [Cast.card, Cast.masterCard] + story.meters.values.map(\.id)
            flow.takeKeys(of: story.host.masters, for: parties, suite)
            flow.secrets.insert(key: story.host.auditKey.seen)
            return flow
        }
    }

    /// Three custodians make keys on a blank master-key card, then change, block and unblock their PINs.
    static func ceremony() throws -> Flow {
        let flow = Flow("key ceremony, PIN change and unblock")
        var random = SeededGenerator(seed: 0x5EC2)
        let suite = try CipherSuite()
        let memory = VolatileMemory(ValueCard.blankMasterKeyCard(masterID))
        let card = MasterKeyCard(try flow.channel(ValueCard(memory), "master-key card"))
        let custodians = [KeyCustodian.all[0], KeyCustodian.all[3], KeyCustodian.all[6]]
        let pins = ["8365", "917404", "508391627483"]
        let names = [KeyName.transport, KeyName(.admin, 1), KeyName(.credit, 1)]
        var components: [KeyName: [KeyComponent]] = [:]
        for name in names {
            components[name] = try custodians.map { _ in
                try KeyComponent(Secret(copying: random.bytes(16)), suite)
            }
        }
        let plan = try CeremonyPlan(
            keys: names.map { .init($0, custodians: custodians) }, firstPINs: custodians,
            rules: IssuingRules(first: self.card(1), count: 9, operations: IssuingRules.issuing))
        var run = CeremonyRun(try KeyCeremony(plan), with: card)
        try run.selectCard()
        while let input = try answer(run.ceremony.next, custodians, pins, components) {
            flow.said.append("\(try run.answer(input))")
        }
        func pin(_ digits: String) throws -> PIN { try PIN(Secret(copying: Array(digits.utf8))) }
        // A PIN of four digits for one of six and back, a blocked one, a wrong one.
        let others = ["274916", "6027", "39517", "835206"]
        try card.select()
        try card.changePIN(of: custodians[0], from: try pin(pins[0]), to: try pin(others[0]))
        try card.changePIN(of: custodians[1], from: try pin(pins[1]), to: try pin(others[1]))
        for _ in 0..<3 {
            #expect(throws: MasterKeyError.self) { try card.verify(try pin(others[2]), of: custodians[2]) }
        }
        try card.verify(try pin(others[0]), of: custodians[0])
        try card.verify(try pin(others[1]), of: custodians[1])
        try card.unblock(custodians[2], newPIN: try pin(others[3]))
        try card.verify(try pin(others[3]), of: custodians[2])

        for digits in pins + others { flow.secrets.insert(pin: digits) }
        for part in components.values.joined() { flow.secrets.insert(key: part.secret.seen) }
        let image = try #require(try ValueCard.images(in: memory).masterKey)
        #expect(image.keys.map(\.name) == names.sorted())
        flow.takeKeys(of: masters(in: image), for: [masterID, self.card(1)], suite)
        return flow
    }

    private static func answer(
        _ step: CeremonyStep, _ custodians: [KeyCustodian], _ pins: [String], _ components: [KeyName: [KeyComponent]]
    ) throws -> CeremonyInput? {
        func pin(of custodian: KeyCustodian) throws -> PIN {
            let index = try #require(custodians.firstIndex(of: custodian))
            return try PIN(Secret(copying: Array(pins[index].utf8)))
        }
        return switch step {
        case .firstPIN(let custodian): .newPIN(try pin(of: custodian), of: custodian)
        case .pin(let custodian): .pin(try pin(of: custodian), of: custodian)
        case .component(let request):
            .component(
                try #require(components[request.key])[Int(request.number) - 1], by: request.custodian)
        case .rules: .rulesConfirmed
        case .finished: nil
        }
    }

    /// A batch of three cards by a master-key card, and new keys for one of them and a new slot.
    static func batchAndRotation() throws -> [Flow] {
        let (issuing, rotation) = (Flow("batch issue"), Flow("key rotation"))
        var random = SeededGenerator(seed: 0xBA7C)
        let suite = try CipherSuite()
        let names = [KeyName.transport] + [1, 2].flatMap { version in Purpose.allCases.map { KeyName($0, version) } }
        var masters: [KeyName: Secret] = [:]
        for name in names { masters[name] = Secret(copying: random.bytes(16)) }
        let pin = "940618"
        let image = MasterKeyImage(
            keys: names.compactMap { name in masters[name].map { StoredKey(name: name, key: $0) } }, pins: [pin],
            rules: DeskRules(first: card(1), count: 5, allowing: IssuingRules.issuing))
        let masterMemory = VolatileMemory(ValueCard.records(image, element: ElementImage(issued: masterID)))
        var memories: [VolatileMemory] = []
        for flow in [issuing, rotation] {
            let master = MasterKeyCard(try flow.channel(ValueCard(masterMemory), "master-key card"))
            try master.select()
            try master.verify(try PIN(Secret(copying: Array(pin.utf8))), of: KeyCustodian.all[0])
            let desk = IssuingDesk(authority: MasterKeyCardAuthority(master), journal: MemoryJournal()) {
                Timestamp(rawValue: 0)
            }
            func held(_ version: UInt8) -> [KeyDescriptor] {
                names.filter { $0.version <= version }.compactMap { name in
                    masters[name].map { KeyDescriptor(name, suite.checkValue(of: $0)) }
                }
            }
            if memories.isEmpty {
                let row = "next,gas:\(meter),EUR,200\n"
                let order = try BatchOrder(csv: "eid,purses,currency,limit\n" + row + row + row)
                let run = try BatchRun(order, by: desk, held: held(1), results: BatchResults())
                for number: UInt32 in 1...3 {
                    let transport = suite.elementKey(
                        try #require(masters[.transport]), .transport, for: card(number))
                    let memory = VolatileMemory(ValueCard.blank(card(number), transportKey: transport))
                    memories.append(memory)
                    let outcome = try run.handle(flow.channel(ValueCard(memory), "reader \(number)"))
                    #expect(outcome.result == .issued)
                    flow.said.append("\(outcome)")
                }
            } else {
                let keys = held(2).filter {
                    $0.name.version == 2 && [.admin, .credit, .usage].contains($0.name.purpose)
                }
                let rebound = PursePlan(
                    service: .gas, currency: Currency(rawValue: 978), limit: Amount(rawValue: 200_000_000),
                    meter: meter, version: 2)
                let plan = try RotationPlan(eid: card(1), keys: keys, rebinds: [rebound])
                flow.said += plan.lines
                let kept = try desk.rotate(plan, over: flow.channel(ValueCard(memories[0]), "reader 1")) {
                    flow.said.append("\($0)")
                }
                #expect(kept == keys.map(\.name))
            }
            flow.secrets.insert(pin: pin)
            flow.takeKeys(of: masters, for: [masterID, meter] + (1...3).map(card), suite)
            let newest = try #require(try memories.last.map { try ValueCard.images(in: $0) })
            for key in newest.element.keys { #expect(flow.secrets.keys.contains(key.key.seen)) }
            for slot in newest.element.slots { #expect(flow.secrets.keys.contains(slot.kx.seen)) }
        }
        return [issuing, rotation]
    }

    private static func masters(in image: MasterKeyImage) -> [KeyName: Secret] {
        Dictionary(image.keys.map { ($0.name, $0.key) }, uniquingKeysWith: { first, _ in first })
    }
}

extension Flow {
    /// Holds for secret: the master keys, all that is diversified of them for `parties`, the components that travelled,
    /// and the keys of every session that was opened.
    func takeKeys(of masters: [KeyName: Secret], for parties: [PartyID], _ suite: CipherSuite) {
        var keys: [(name: KeyName, key: Secret)] = []
        for (name, master) in masters {
            secrets.insert(key: master.seen)
            for party in parties {
                let own = suite.elementKey(master, name, for: party)
                keys.append((name, own))
                guard name.purpose == .transfer else { continue }
                for card in parties {
                    keys.append((name, suite.cardToMeterKey(own, version: name.version, card: card)))
                }
            }
        }
        for (_, key) in keys { secrets.insert(key: key.seen) }
        for (command, answer) in travelled where command.count >= 23 && command[0] == 0x80 && command[1] == 0xD8 {
            secrets.insert(key: Array(command[7..<23]))
            #expect(answer.suffix(2) == [0x90, 0x00])
        }
        for (command, answer) in travelled where command.starts(with: [0x80, 0x50]) && answer.count == 46 {
            takeSession(command, answer, keys, suite)
        }
    }

    /// INITIALIZE tells who opens a session, under which key, and both random numbers; S2 tells which key it was.
    private func takeSession(
        _ command: [UInt8], _ answer: [UInt8], _ keys: [(name: KeyName, key: Secret)], _ suite: CipherSuite
    ) {
        func party(_ bytes: ArraySlice<UInt8>) -> PartyID {
            PartyID(rawValue: bytes.reduce(0) { $0 << 8 | UInt64($1) })
        }
        guard let purpose = Purpose(rawValue: command[2]), let r1 = AESBlock(command[13..<29]),
            let r2 = AESBlock(answer[12..<28]), let s2 = AESBlock(answer[28..<44])
        else {
            Issue.record("an INITIALIZE that is none")
            return
        }
        let name = KeyName(purpose, command[3])
        let identity = SessionIdentity(
            key: name, pid: party(command[5..<13]), eid: party(answer[..<8]),
            nt: answer[8..<12].reduce(0) { $0 << 8 | UInt32($1) }, r1: r1, r2: r2)
        for (other, key) in keys where other == name {
            let session = SessionKeys(key, identity, suite)
            guard session.s2(identity, suite) == s2 else { continue }
            let material = session.material.seen
            for start in stride(from: 0, to: material.count, by: 16) {
                secrets.insert(key: Array(material[start..<start + 16]))
            }
            sessions += 1
            return
        }
        unknownSessions += 1
    }
}
