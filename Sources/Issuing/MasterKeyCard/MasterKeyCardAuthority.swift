internal import CardCrypto
public import ISO7816
public import ValueProtocol

/// A master-key card as the authority of a session: the card derives, seals and checks; this program carries bytes
/// (protocol §8).
///
/// A custodian's PIN must have been verified since the card was selected.
public final class MasterKeyCardAuthority: Authority {
    private let channel: any CardChannel

    public init(_ channel: any CardChannel) { self.channel = channel }

    /// Uses the card on which custodians have verified their PINs.
    public convenience init(_ card: MasterKeyCard) { self.init(card.channel) }

    public func openSession(_ key: KeyName, with eid: PartyID) throws(SessionError) -> [UInt8] {
        var data: [UInt8] = []
        data.append(eid)
        let response = try channel.exchange(
            0x80, 0x60, key.purpose.rawValue, key.version, data, "OPEN SESSION of the master-key card")
        let subject = "\(key) of \(eid)"
        switch response.status {
        case .success: break
        case .conditionsNotSatisfied: throw SessionError(.outsideRules, subject, status: response.status)
        case .wrongParameters: throw SessionError(.noSessionsUnderKey, subject, status: response.status)
        case .referencedDataNotFound: throw SessionError(.noMasterKey, "\(key)", status: response.status)
        default: throw refusal(response.status, subject)
        }
        guard response.data.count == 24 else { throw SessionError(.malformedAnswer, "OPEN SESSION") }
        return Array(response.data)
    }

    public func authenticate(_ answer: ArraySlice<UInt8>) throws(SessionError) {
        let response = try channel.exchange(
            0x80, 0x62, 0, 0, Array(answer), "AUTHENTICATE of the master-key card", answers: false)
        switch response.status {
        case .success: return
        case .verificationFailed:
            throw SessionError(.elementNotGenuine, subject(of: answer), status: response.status)
        case .wrongLength, .wrongData: throw SessionError(.malformedAnswer, "INITIALIZE", status: response.status)
        default: throw refusal(response.status, "AUTHENTICATE")
        }
    }

    public func seal(_ op: OperationCode, _ request: [UInt8]) throws(SessionError) -> [UInt8] {
        let response = try channel.exchange(
            0x80, 0x64, op.rawValue, 0, request, "SEAL of the master-key card")
        switch response.status {
        case .success: return Array(response.data)
        case .securityStatusNotSatisfied: throw SessionError(.operationNotInRules, "\(op)", status: response.status)
        case .conditionsNotSatisfied: throw SessionError(.sealRefused, "\(op)", status: response.status)
        case .referencedDataNotFound: throw SessionError(.noMasterKey, "\(op)", status: response.status)
        default: throw refusal(response.status, "\(op)")
        }
    }

    public func unseal(_ sealed: ArraySlice<UInt8>) throws(SessionError) -> [UInt8] {
        let response = try channel.exchange(0x80, 0x66, 0, 0, Array(sealed), "UNSEAL of the master-key card")
        switch response.status {
        case .success: return Array(response.data)
        case .verificationFailed: throw SessionError(.answerNotGenuine, "UNSEAL", status: response.status)
        case .wrongLength, .wrongData: throw SessionError(.malformedAnswer, "UNSEAL", status: response.status)
        default: throw refusal(response.status, "UNSEAL")
        }
    }

    private func refusal(_ status: StatusWord, _ subject: String) -> SessionError {
        switch status {
        case .securityStatusNotSatisfied: SessionError(.masterKeyCardLocked, subject, status: status)
        case .instructionNotSupported: SessionError(.masterKeyCardLocked, subject, status: status)
        case .conditionsNotSatisfied: SessionError(.noSession, "\(subject), master-key card", status: status)
        default: SessionError(.refused, "\(subject), master-key card", status: status)
        }
    }

    private func subject(of answer: ArraySlice<UInt8>) -> String {
        var reader = ByteReader(answer.span)
        let eid = reader.readParty()
        return reader.isGood ? "\(eid)" : "the element"
    }
}

extension MasterKeyCardAuthority: LetterAuthority {
    /// - Throws: `SessionError` `.notAuthorized` where no PIN was given or the card may not POST, `.sealRefused` where the
    ///   card is blocked, `.noMasterKey`.
    public func write(_ content: LetterContent, to meter: PartyID, version: UInt8) throws(SessionError) -> Letter {
        let parts = Letter.textParts(content, version: version)
        var mac = [] as ArraySlice<UInt8>
        for (index, part) in parts.enumerated() {
            var data: [UInt8] = []
            if index == 0 {
                data.append(version)
                data.append(meter)
            }
            let response = try channel.exchange(
                0x80, 0x68, UInt8(index), UInt8(parts.count), data + part, "LETTER of the master-key card",
                answers: index + 1 == parts.count)
            switch response.status {
            case .success: mac = response.data
            case .securityStatusNotSatisfied: throw SessionError(.notAuthorized, "LETTER", status: response.status)
            case .conditionsNotSatisfied: throw SessionError(.sealRefused, "LETTER", status: response.status)
            case .referencedDataNotFound:
                throw SessionError(.noMasterKey, "\(KeyName(.tariff, version))", status: response.status)
            default: throw refusal(response.status, "LETTER")
            }
        }
        guard let mac = AESBlock(mac) else { throw SessionError(.malformedAnswer, "LETTER") }
        return Letter(content, version: version, mac: mac)
    }
}

extension MasterKeyCard: KeyStore {
    /// The card itself remembers the elements it contacts, so `register` is not used.
    public func authority(register: any ElementRegister) -> any Authority { MasterKeyCardAuthority(self) }

    public func keys() throws(SessionError) -> [(name: KeyName, checkValue: KeyCheckValue)] {
        do {
            return try heldKeys().keys.map { ($0.name, $0.checkValue) }
        } catch {
            throw SessionError(.authorityFailed, "the master-key card", status: error.status, cause: error)
        }
    }
}
