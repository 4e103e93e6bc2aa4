import HeadEnd
import Issuing
import ValueProtocol

/// A ceremony whose keys go into the host's sealed file.
///
/// There are no PINs here: custodians come one after the other, and the passphrase is the clerk's.
struct HostCeremony {
    let plan: CeremonyPlan
    let home: Home
    /// The host's identifier, for a new file.
    let host: PartyID?
    let questions: CeremonyQuestions

    func run() throws -> [KeyDescriptor] {
        let file = HostKeyFile(home)
        let isNew = !file.isThere
        let keys: HostKeys
        let passphrase: Secret
        if isNew {
            guard let host else {
                throw Failure(
                    .usage, "\(file.file.path): is made now. Name the host with --host, as 00A1B2C3-30-000001.")
            }
            keys = try HostKeys(pid: host)
            passphrase = try questions.untilDone {
                let text = try questions.newSecret("A passphrase for \(file.file.path)")
                guard text.count >= 8 else {
                    throw Failure(.refused, "The passphrase is short. Take eight characters or more.")
                }
                return text
            }
        } else {
            passphrase = try questions.secret("Passphrase of \(file.file.path)")
            keys = try file.file.open(passphrase: passphrase)
        }
        let made = try plan.keys.map { try make($0, in: keys) }
        if isNew {
            try file.file.create(keys, passphrase: passphrase)
        } else {
            try file.file.replace(with: keys, passphrase: passphrase)
        }
        return made
    }

    /// One key, of its components.
    private func make(_ key: CeremonyPlan.Key, in keys: HostKeys) throws -> KeyDescriptor {
        guard !keys.names.contains(key.name) else {
            throw Failure(.refused, "\(key.name): is held already. Plan its next version instead.")
        }
        var sum: Secret?
        for (index, custodian) in key.custodians.enumerated() {
            let subject = "component \(index + 1) of \(key.count) of \(key.name)"
            let component = try questions.untilDone { try questions.component(subject, by: custodian) }
            questions.tell("\(subject) taken, check value \(component.checkValue)")
            sum = sum.map { $0.combined(with: component.secret) } ?? component.secret
        }
        guard let sum else { throw CeremonyError(.noDualControl, "\(key.name)") }
        let checkValue = try CipherSuite().checkValue(of: sum)
        if let expected = key.checkValue, expected != checkValue {
            throw CeremonyError(.checkValueDiffers, "\(key.name): planned \(expected), here \(checkValue)")
        }
        keys.hold(sum, as: key.name)
        questions.tell("\(key.name) is finished, its check value is \(checkValue)")
        return KeyDescriptor(key.name, checkValue)
    }
}
