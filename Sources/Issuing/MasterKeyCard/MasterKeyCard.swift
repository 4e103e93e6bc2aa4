import CardCrypto
public import ISO7816
public import ValueProtocol

/// The issuer's master-key card in a reader: the commands by which custodians work with it (protocol §8).
///
/// A verified PIN stays valid until SELECT or a reset. The bytes of a PIN or component are wiped here; the command that
/// carries them lives as long as the channel keeps it, and a tracer shows them as `••`.
public final class MasterKeyCard {
    let channel: any CardChannel

    public init(_ channel: any CardChannel) { self.channel = channel }

    /// Selects the master-key application, which clears PIN verification.
    ///
    /// - Returns: the card's own ID, and the names of the master keys it holds.
    /// - Throws: `MasterKeyError` `.noApplication`, `.noAnswer`, `.malformedAnswer`.
    @discardableResult
    public func select() throws(MasterKeyError) -> ElementInfo {
        do {
            return try ElementInfo.select(.masterKey, over: channel)
        } catch {
            throw switch error.code {
            case .noApplication: MasterKeyError(.noApplication, "SELECT", status: error.status)
            case .malformedAnswer: MasterKeyError(.malformedAnswer, "SELECT")
            default: MasterKeyError(.noAnswer, "SELECT", cause: error.cause)
            }
        }
    }

    /// Verifies a custodian's PIN.
    ///
    /// - Throws: `MasterKeyError` `.wrongPIN` with the tries left, `.pinBlocked`, `.noPIN`.
    public func verify(_ pin: PIN, of custodian: KeyCustodian) throws(MasterKeyError) {
        var data: [UInt8] = []
        pin.append(to: &data)
        try send(0x20, custodian, &data, "PIN of \(custodian)")
    }

    /// Sets a custodian's first PIN, or changes it. This does not verify it.
    ///
    /// - Parameters:
    ///   - custodian: whose PIN it is.
    ///   - old: nil for the first.
    ///   - new: valid from now on.
    /// - Throws: `MasterKeyError` as `verify`.
    public func changePIN(of custodian: KeyCustodian, from old: PIN?, to new: PIN) throws(MasterKeyError) {
        var data: [UInt8] = []
        data.reserveCapacity(25)
        old?.append(to: &data)
        data.append(0xFF)
        new.append(to: &data)
        try send(0x24, custodian, &data, "PIN of \(custodian)")
    }

    /// Sets a new PIN and three tries for a custodian, after two other custodians gave theirs.
    ///
    /// - Throws: `MasterKeyError` `.pinMissing`.
    public func unblock(_ custodian: KeyCustodian, newPIN: PIN) throws(MasterKeyError) {
        var data: [UInt8] = []
        newPIN.append(to: &data)
        try send(0x2C, custodian, &data, "PIN of \(custodian)")
    }

    /// Enters a component of a key, by the custodian verified last. Component 1 restarts the key.
    ///
    /// - Parameters:
    ///   - component: its sixteen bytes and check value.
    ///   - name: the key's.
    ///   - number: 1 to `count`.
    ///   - count: how many components the key has, at least 2.
    /// - Returns: the check value that the card computed: of the component or, after the last one, of the key.
    /// - Throws: `MasterKeyError` `.custodianRefused`, `.componentRefused`.
    public func load(
        _ component: KeyComponent, of name: KeyName, number: UInt8, count: UInt8
    ) throws(MasterKeyError) -> KeyCheckValue {
        var data: [UInt8] = []
        data.reserveCapacity(21)
        data.append(number)
        data.append(count)
        unsafe component.secret.withBytes { unsafe data.append(contentsOf: $0) }
        data.append(component.checkValue)
        defer { _ = Secret(taking: &data) }
        let subject = "component \(number) of \(name)"
        let response = try exchange(0x80, 0xD8, name.purpose.rawValue, name.version, data, subject)
        switch response.status {
        case .success: break
        case .securityStatusNotSatisfied:
            throw MasterKeyError(.custodianRefused, subject, status: response.status)
        case .wrongData: throw MasterKeyError(.componentRefused, subject, status: response.status)
        default: throw refusal(response.status, subject)
        }
        var reader = ByteReader(response.data.span)
        let checkValue = reader.readKeyCheckValue()
        guard reader.isFinished else { throw MasterKeyError(.malformedAnswer, subject) }
        return checkValue
    }

    /// Sets which blanks may be issued and which operations are sealed, after two custodians gave their PINs.
    ///
    /// - Throws: `MasterKeyError` `.pinMissing`.
    public func set(_ rules: IssuingRules) throws(MasterKeyError) {
        let response = try exchange(0x80, 0xDA, 0, 0, rules.bytes, "SET RULES", answers: false)
        guard response.status == .success else { throw refusal(response.status, "SET RULES") }
    }

    /// The card's own ID and its master keys with their check values. Needs no PIN.
    public func heldKeys() throws(MasterKeyError) -> (pid: PartyID, keys: [KeyDescriptor]) {
        let response = try exchange(0x00, 0xCA, 0x01, 0x00, [], "GET DATA keys")
        guard response.status == .success else { throw refusal(response.status, "GET DATA keys") }
        var reader = ByteReader(response.data.span)
        let pid = reader.readParty()
        var keys: [KeyDescriptor] = []
        while reader.remaining > 0 {
            let name = reader.readKeyName()
            let checkValue = reader.readKeyCheckValue()
            guard let name, reader.isGood else { throw MasterKeyError(.malformedAnswer, "GET DATA keys") }
            keys.append(KeyDescriptor(name, checkValue))
        }
        guard reader.isFinished else { throw MasterKeyError(.malformedAnswer, "GET DATA keys") }
        return (pid, keys)
    }

    /// A command with custodian and PIN, which returns only a status. `data` is wiped.
    private func send(
        _ ins: UInt8, _ custodian: KeyCustodian, _ data: inout [UInt8], _ subject: String
    ) throws(MasterKeyError) {
        defer { _ = Secret(taking: &data) }
        let response = try exchange(0x00, ins, 0, custodian.rawValue, data, subject, answers: false)
        switch response.status {
        case .success: return
        case .authenticationMethodBlocked: throw MasterKeyError(.pinBlocked, subject, status: response.status)
        case .referencedDataNotFound: throw MasterKeyError(.noPIN, subject, status: response.status)
        case .wrongData: throw MasterKeyError(.malformedPIN, subject, status: response.status)
        default: throw refusal(response.status, subject)
        }
    }

    private func exchange(
        _ cla: UInt8, _ ins: UInt8, _ p1: UInt8, _ p2: UInt8, _ data: [UInt8], _ subject: String, answers: Bool = true
    ) throws(MasterKeyError) -> ResponseAPDU {
        do {
            return try channel.exchange(cla, ins, p1, p2, data, subject, answers: answers)
        } catch {
            throw MasterKeyError(.noAnswer, subject, cause: error.cause)
        }
    }

    private func refusal(_ status: StatusWord, _ subject: String) -> MasterKeyError {
        switch status {
        case .securityStatusNotSatisfied: MasterKeyError(.pinMissing, subject, status: status)
        case .instructionNotSupported: MasterKeyError(.notSelected, subject, status: status)
        case _ where status.sw1 == 0x63 && status.sw2 & 0xF0 == 0xC0:
            MasterKeyError(.wrongPIN, subject, triesLeft: Int(status.sw2 & 0x0F), status: status)
        default: MasterKeyError(.refused, subject, status: status)
        }
    }
}
