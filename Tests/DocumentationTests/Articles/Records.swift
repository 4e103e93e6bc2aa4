import Records
import RecordsSQLite
import Testing
import ValueProtocol

@Suite struct RecordsArticle {
    @Test func `several calls are one commit`() async throws {
        let records: any RecordStore = try RecordFile.inMemory()
        let (card, purse) = (PartyID(issuer: 1, kind: .subscriberCard, number: 1), UtilityService.gas)
        let status = AskStatus.Answer(nt: 1, found: false, amount: .zero, balance: .zero)
        let now = Timestamp(rawValue: 1000)

        let balances = try await records.commit { records throws(HostError) in
            try records.recordStatus(status, of: purse, on: card, at: now)
            return try records.balances(of: card)
        }

        #expect(balances.count == 1)
    }
}
