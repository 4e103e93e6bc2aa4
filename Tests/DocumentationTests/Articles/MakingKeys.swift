import CardCrypto
import ISO7816
import Issuing
import Testing
import ValueProtocol

extension ValueArticles {
    /// Holds the ceremony, and gives the host the same keys.
    func ceremony(_ masterReader: any CardChannel, hold: (Secret, KeyName) -> Void) throws {
        let suite = try CipherSuite()
        let sheets = try Self.names.map { _ in [try KeyComponent.random(suite), try KeyComponent.random(suite)] }
        for (name, sheet) in zip(Self.names, sheets) {
            hold(sheet[0].secret.combined(with: sheet[1].secret), name)
        }
        let pins = [try Self.pin("1234"), try Self.pin("567890")]
        func ask(_ step: CeremonyStep) throws -> CeremonyInput {
            switch step {
            case .firstPIN(let custodian): return .newPIN(pins[Int(custodian.rawValue) - 1], of: custodian)
            case .pin(let custodian): return .pin(pins[Int(custodian.rawValue) - 1], of: custodian)
            case .component(let request):
                let index = try #require(Self.names.firstIndex(of: request.key))
                return .component(sheets[index][Int(request.number) - 1], by: request.custodian)
            case .rules, .finished: return .rulesConfirmed
            }
        }
        let (names, firstCard) = (Self.names, Self.cardID)
        var kept: [String] = []
        var shown: [String] = []

        let custodians = Array(KeyCustodian.all.prefix(2))
        let plan = try CeremonyPlan(
            keys: names.map { CeremonyPlan.Key($0, custodians: custodians) }, firstPINs: custodians,
            rules: IssuingRules(first: firstCard, count: 500, operations: IssuingRules.issuing))
        var run = CeremonyRun(try KeyCeremony(plan), with: MasterKeyCard(masterReader)) { record in
            kept = record.lines
        }
        try run.selectCard()
        while run.ceremony.next != .finished {
            let event = try run.answer(try ask(run.ceremony.next))
            shown.append("\(event)")
        }

        #expect(!kept.isEmpty && shown.count > names.count)
        let resumed = try KeyCeremony(plan, resuming: try CeremonyRecord(lines: kept))
        #expect(resumed.record.rulesSet)
    }
}
