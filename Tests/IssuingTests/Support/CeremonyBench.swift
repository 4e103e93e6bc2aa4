import CardCrypto
import CardIOTesting
import ISO7816
import Issuing
import TestWorlds
import ValueElement
import ValueProtocol

/// A blank master-key card on the test bench, and custodians with components and PINs.
final class CeremonyBench {
    let suite: CipherSuite
    let losses = FaultPlan()
    let card: TestCard
    /// The channel to the card.
    let channel: FaultyChannel
    private(set) var record = CeremonyRecord()

    init() throws {
        suite = try CipherSuite()
        card = try TestCard(blankMasterKeyCard: IssuingBench.masterID)
        channel = FaultyChannel(card.channel, plan: losses)
    }

    static let custodians = [TestKeys.custodian(1), TestKeys.custodian(4), TestKeys.custodian(7)]
    static let rules = Issuing.IssuingRules(first: TestKeys.card(1), count: 100, operations: IssuingRules.issuing)

    /// Two keys, of three and of two components.
    func plan() throws -> CeremonyPlan {
        let all = Self.custodians
        return try CeremonyPlan(
            keys: [
                .init(KeyName(.admin, 1), custodians: all, checkValue: suite.checkValue(of: try key(0, 3))),
                .init(.transport, custodians: [all[2], all[0]]),
            ], firstPINs: all, rules: Self.rules)
    }

    func component(_ key: Int, _ number: UInt8) throws -> KeyComponent {
        try KeyComponent(Secret(copying: [UInt8](repeating: UInt8(key) << 4 | number, count: 16)), suite)
    }

    /// The complete key, from components 1 to `count`.
    func key(_ key: Int, _ count: UInt8) throws -> Secret {
        try (2...count).reduce(component(key, 1).secret) { try $0.combined(with: component(key, $1).secret) }
    }

    func pin(_ custodian: KeyCustodian) throws -> PIN { try TestKeys.pin("7700\(custodian.rawValue)") }

    /// Begins or resumes from the record, as another program would.
    func run() throws -> CeremonyRun {
        let kept = try CeremonyRecord(lines: record.lines)
        let ceremony = try KeyCeremony(try plan(), resuming: kept)
        var run = CeremonyRun(ceremony, with: MasterKeyCard(channel)) { [self] record in self.record = record }
        try run.selectCard()
        return run
    }

    /// The answer of an honest custodian.
    func answer(to step: CeremonyStep) throws -> CeremonyInput? {
        switch step {
        case .firstPIN(let custodian): .newPIN(try pin(custodian), of: custodian)
        case .pin(let custodian): .pin(try pin(custodian), of: custodian)
        case .component(let request):
            .component(
                try component(request.key == .transport ? 1 : 0, request.number), by: request.custodian)
        case .rules: .rulesConfirmed
        case .finished: nil
        }
    }

    /// Continues to the end.
    func finish(_ run: inout CeremonyRun, _ show: (CeremonyEvent) -> Void = { _ in }) throws {
        while let input = try answer(to: run.ceremony.next) { show(try run.answer(input)) }
    }

    func image() throws -> MasterKeyImage? { try card.masterKeyImage }
}
