import CardCrypto
import HeadEnd
import ISO7816
import Records
import RecordsSQLite
import ValueProtocol

/// It needs the files of a host, so it is compiled here and not run.
func selling(_ amount: Amount, _ euro: Currency, _ passphrase: Secret, over channel: any CardChannel) throws {
    let keys = try SealedKeyFile(at: "host.keys").open(passphrase: passphrase)
    let records = try RecordFile.open(at: "host.records", auditKey: keys.auditKey)
    let client = ElementClient(records: records, authority: try keys.authority(register: records))

    let result = try client.storeCredit(amount, for: .gas, in: euro, over: channel, reference: "till 3, order 118")
    for earlier in result.recovered { print("found out: \(earlier)") }
    switch result.outcome {
    case .done(let transaction): print(transaction)
    case .refused(let transaction): print(transaction.state)
    case .declined(let reason): print(reason)
    case .queued(let tariff): print(tariff.order)
    }
}
