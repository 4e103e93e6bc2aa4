import CardCrypto
import HeadEnd
import ISO7816
import Records
import RecordsSQLite
import TestWorlds
import ValueProtocol

/// A host's keys, the same in every test.
func testKeys(versions: ClosedRange<UInt8> = 1...1) throws -> HostKeys {
    let keys = try HostKeys(pid: PartyID(issuer: 0xA1B2C3, kind: .host, number: 7))
    for purpose in Purpose.allCases {
        for version in versions {
            keys.hold(
                Secret(copying: [UInt8](repeating: purpose.rawValue << 4 | version, count: 16)),
                as: KeyName(purpose, version))
        }
    }
    return keys
}

/// A client over `records`, whose clock is stopped at `time`.
func client(_ records: RecordFile, _ keys: HostKeys, time: UInt32 = 1000) throws -> ElementClient {
    ElementClient(records: records, authority: try keys.authority(register: records)) { Timestamp(rawValue: time) }
}

extension ElementClient {
    /// Stores micro-units of euro in the gas purse.
    func store(
        _ amount: UInt64, over channel: any CardChannel, reference: String? = nil
    ) throws(HostError) -> CreditResult {
        try storeCredit(
            Amount(rawValue: amount), for: .gas, in: TestCard.euro, over: channel, reference: reference)
    }

    /// Refunds micro-units of euro from the gas purse.
    func takeOff(
        _ amount: UInt64, over channel: any CardChannel, reference: String? = nil
    ) throws(HostError) -> CreditResult {
        try refund(Amount(rawValue: amount), for: .gas, in: TestCard.euro, over: channel, reference: reference)
    }
}

extension CreditResult {
    /// The state of the transaction concerned; nil if it was declined.
    var state: CreditTransaction.State? {
        switch outcome {
        case .done(let transaction), .refused(let transaction): transaction.state
        case .declined, .queued: nil
        }
    }
}
