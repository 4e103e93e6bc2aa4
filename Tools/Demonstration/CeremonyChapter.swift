import CardCrypto
import HeadEnd
import Issuing
import ValueProtocol

extension Story {
    /// Two custodians make the issuer's keys, each with one component of every key.
    func holdCeremony() throws {
        narrator.begin("1. Key ceremony: two custodians, a component each of \(Cast.keys.count) keys")
        let custodians = Array(KeyCustodian.all.prefix(2))
        let pins = try ["1234", "567890"].map { try PIN(Secret(copying: Array($0.utf8))) }
        let components = try Cast.keys.map { try Cast.components(of: $0, suite) }
        for (name, parts) in zip(Cast.keys, components) {
            host.hold(parts[0].secret.combined(with: parts[1].secret), as: name)
        }
        let plan = try CeremonyPlan(
            keys: Cast.keys.map { CeremonyPlan.Key($0, custodians: custodians) }, firstPINs: custodians,
            rules: IssuingRules(first: Cast.card, count: 1, operations: IssuingRules.issuing))
        var run = CeremonyRun(try KeyCeremony(plan), with: MasterKeyCard(stage.masterCard))
        try run.selectCard()
        while run.ceremony.next != .finished {
            let input: CeremonyInput
            switch run.ceremony.next {
            case .firstPIN(let custodian): input = .newPIN(pins[Int(custodian.rawValue) - 1], of: custodian)
            case .pin(let custodian): input = .pin(pins[Int(custodian.rawValue) - 1], of: custodian)
            case .component(let request):
                guard let index = Cast.keys.firstIndex(of: request.key) else { throw StoryError("a key was asked for") }
                input = .component(components[index][Int(request.number) - 1], by: request.custodian)
            case .rules: input = .rulesConfirmed
            case .finished: return
            }
            let event = try run.answer(input)
            narrator.report("\(event)")
        }
        let held = Set(run.ceremony.finishedKeys)
        let ours = Set(try host.keys().map { KeyDescriptor($0.name, $0.checkValue) })
        try require(held == ours, "the master-key card and the host have the same keys by their check values")
        narrator.report("the host's sealed keys have the same check values")
    }
}
