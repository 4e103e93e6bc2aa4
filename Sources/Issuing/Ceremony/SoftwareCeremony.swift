public import CardCrypto
public import ValueProtocol

/// A ceremony with people, whose keys are combined in this program's memory.
///
/// There are no PINs; the custodians come one after the other.
public struct SoftwareCeremony {
    private let plan: CeremonyPlan
    private let dialogue: CeremonyDialogue

    /// - Parameters:
    ///   - plan: who enters which component of which key; first PINs and rules apply to cards only and are ignored.
    ///   - participants: answer the questions.
    public init(_ plan: CeremonyPlan, with participants: any CeremonyParticipants) {
        self.plan = plan
        dialogue = CeremonyDialogue(participants)
    }

    /// Makes the keys of the plan.
    ///
    /// - Parameters:
    ///   - held: the existing keys, which are not made again.
    ///   - hold: stores each finished key.
    /// - Returns: the keys, in the plan's order.
    /// - Throws: `CeremonyError` `.keyHeld`, `.checkValueDiffers`, `.mistyped`; what the participants threw.
    public func run(
        besides held: [KeyName], hold: (_ key: Secret, _ name: KeyName) throws -> Void
    ) throws -> [KeyDescriptor] {
        try plan.keys.map { key in
            guard !held.contains(key.name) else { throw CeremonyError(.keyHeld, "\(key.name)") }
            let (secret, checkValue) = try make(key)
            try hold(secret, key.name)
            return KeyDescriptor(key.name, checkValue)
        }
    }

    /// One key, the XOR of its components.
    private func make(_ key: CeremonyPlan.Key) throws -> (key: Secret, checkValue: KeyCheckValue) {
        var sum: Secret?
        for (index, custodian) in key.custodians.enumerated() {
            let request = ComponentRequest(
                key: key.name, number: UInt8(index + 1), count: key.count, custodian: custodian)
            let component = try dialogue.untilDone { try dialogue.component(request) }
            let secret = sum.map { $0.combined(with: component.secret) } ?? component.secret
            sum = secret
            guard request.isLast else {
                dialogue.show(.componentAccepted(request, component.checkValue))
                continue
            }
            let checkValue = try CipherSuite().checkValue(of: secret)
            if let expected = key.checkValue, expected != checkValue {
                throw CeremonyError(.checkValueDiffers, "\(key.name): planned \(expected), here \(checkValue)")
            }
            dialogue.show(.keyFinished(request, component: component.checkValue, key: checkValue))
            return (secret, checkValue)
        }
        throw CeremonyError(.noDualControl, "\(key.name)")
    }
}
