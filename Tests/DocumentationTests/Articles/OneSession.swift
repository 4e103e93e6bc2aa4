import CardCrypto
import Testing
import ValueProtocol

@Suite struct OneSessionArticle {
    @Test func `one session`() throws {
        let (card, host) = (ValueArticles.cardID, PartyID(issuer: 1, kind: .host, number: 1))
        let master = try SystemRandomness.key()
        let order = CreditOrder(
            htxn: HostTransaction(rawValue: 1), service: .gas, currency: Currency(rawValue: 978),
            amount: Amount(rawValue: 20_000_000), time: Timestamp(rawValue: 1_767_225_600))

        let suite = try CipherSuite()
        let random = SystemRandomness()
        let name = KeyName(.credit, 1)
        let key = suite.elementKey(master, name, for: card)

        var authority = AuthoritySession(key: name, pid: host, r1: try random.block())
        let initialize = authority.request

        let identity = SessionIdentity(
            key: name, pid: host, eid: card, nt: 1, r1: authority.r1, r2: try random.block())
        var element = ElementSession(identity, key: key, suite)

        try authority.authenticate(element.answer[...], from: card, key: key, suite)

        let sealed = try authority.seal(StoreCredit(order).request, op: .storeCredit, suite)

        guard let opened = element.open(sealed[...], op: OperationCode.storeCredit.rawValue, suite),
            let arrived = CreditOrder(opened)
        else { throw ArticleError() }

        var c4: [UInt8] = [0x00, 0x00]
        c4 += (0..<8).map { UInt8(truncatingIfNeeded: card.rawValue >> (56 - 8 * $0)) }
        CreditReceipt(balance: arrived.amount, htxn: arrived.htxn).append(to: &c4)
        let answer = element.seal(c4, op: OperationCode.storeCredit.rawValue, suite)

        let proven = try authority.unseal(answer[...], suite)

        #expect(initialize.count == 24 && sealed.count == 39 && proven == c4 && arrived == order)
    }
}
