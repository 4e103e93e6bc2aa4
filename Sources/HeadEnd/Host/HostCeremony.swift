import CardCrypto
public import Issuing
internal import Records
public import ValueProtocol

/// A ceremony with people, whose keys go into the host's sealed key file.
///
/// The custodians come one after the other; the clerk has the passphrase.
public struct HostCeremony {
    /// A shorter passphrase is refused for a new file.
    static let minPassphraseCount = 8

    private let plan: CeremonyPlan
    private let file: SealedKeyFile
    private let isNew: Bool
    private let host: PartyID?
    private let participants: any CeremonyParticipants

    /// - Parameters:
    ///   - plan: who enters which component of which key.
    ///   - folder: the host's; it must exist.
    ///   - host: the host's identifier, for a new key file.
    ///   - participants: answer the questions.
    public init(
        _ plan: CeremonyPlan, in folder: HostFolder, of host: PartyID?, with participants: any CeremonyParticipants
    ) {
        self.plan = plan
        file = folder.keyFile
        isNew = !folder.hasKeys
        self.host = host
        self.participants = participants
    }

    /// Makes the keys of the plan and seals them, all or none.
    ///
    /// - Returns: the keys, in the plan's order.
    /// - Throws: `HostError` `.noFile` for a new file without the host's identifier, or of the key file;
    ///   `CeremonyError`; what the participants threw.
    public func run() throws -> [KeyDescriptor] {
        let (keys, passphrase) = try isNew ? begin() : open()
        let made = try SoftwareCeremony(plan, with: participants).run(besides: keys.names) { keys.hold($0, as: $1) }
        if isNew {
            try file.create(keys, passphrase: passphrase)
        } else {
            try file.replace(with: keys, passphrase: passphrase)
        }
        return made
    }

    private func begin() throws -> (HostKeys, Secret) {
        guard let host else { throw HostError(.noFile, file.path) }
        let (keys, dialogue, path) = (try HostKeys(pid: host), CeremonyDialogue(participants), file.path)
        let passphrase = try dialogue.untilDone {
            let typed = try dialogue.newSecret { .newPassphrase(file: path, isRepeated: $0) }
            guard typed.count >= Self.minPassphraseCount else { throw CeremonyError(.passphraseTooShort, path) }
            return typed
        }
        return (keys, passphrase)
    }

    private func open() throws -> (HostKeys, Secret) {
        let passphrase = try participants.answer(.passphrase(file: file.path))
        return (try file.open(passphrase: passphrase), passphrase)
    }
}
