import ISO7816
import Testing

@testable import CardIO

@Suite struct ReaderStationTests {
    @Test(arguments: [
        (CardError.Code.cardReset, FailedLending.cardNotServed), (.cardRemoved, .cardNotServed),
        (.noCard, .cardNotServed), (.cardUnresponsive, .cardUnusable), (.protocolMismatch, .cardUnusable),
        (.readerUnavailable, .readerUnusable), (.serviceLost, .readerUnusable), (.sharingViolation, .readerUnusable),
    ])
    func `only a card that does not start is skipped without being served`(
        code: CardError.Code, failure: FailedLending
    ) {
        #expect(FailedLending(code) == failure)
    }
}
