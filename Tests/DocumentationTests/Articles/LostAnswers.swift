import HeadEnd
import ISO7816
import Records
import RecordsSQLite
import Testing
import ValueProtocol

extension ValueArticles {
    func sell(_ reader: InProcessChannel, _ keys: HostKeys) throws {
        let records = try RecordFile.inMemory(auditKey: keys.auditKey)
        let euro = Currency(rawValue: 978)
        let amount = try #require(Amount(units: 20))
        let channel = LosesOneAnswer(reader)

        let client = ElementClient(records: records, authority: try keys.authority(register: records))
        do throws(HostError) {
            let result = try client.storeCredit(amount, for: .gas, in: euro, over: channel, reference: "order 118")
            print(result.outcome)
        } catch {
            guard error.code == .inDoubt else { throw error }
            print(error)
        }
        try reader.reset()
        let result = try client.storeCredit(amount, for: .gas, in: euro, over: channel, reference: "order 118")
        for earlier in result.recovered { print("found out:", earlier) }

        guard case .done(let transaction) = result.outcome else { throw ArticleError() }
        #expect(channel.hasDropped && transaction.balance == amount)
        #expect(try client.balance(of: .gas, over: reader).amount == amount)
    }
}

/// Loses the first answer to STORE CREDIT.
final class LosesOneAnswer: CardChannel {
    private let base: any CardChannel
    private(set) var hasDropped = false
    init(_ base: any CardChannel) { self.base = base }
    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        let response = try base.transmit(command)
        guard !hasDropped, command.ins == 0x52, command.p1 == OperationCode.storeCredit.rawValue else {
            return response
        }
        hasDropped = true
        throw CardError(.cardRemoved, subject: "reader")
    }
}
