import Analysis
import Testing
import ValueProtocol

@Suite("Suspicions in words") struct SuspicionTextTests {
    private static let meter = PartyID(issuer: 1, kind: .electricMeter, number: 7)

    @Test(arguments: [
        (
            SuspicionReason.unexplained(perDay: 4.8, error: 0.456, days: 3),
            "For 3 days, 4.80 ± 0.46 kWh per day are missing that neither meters nor losses, nor errors learned before "
                + "explain."
        ),
        (.draws(.always), "It is drawn day and night alike."),
        (.draws(.night), "It is drawn from 18:00 to 06:00 UTC."),
        (.draws(.day), "It is drawn from 06:00 to 18:00 UTC."),
        (
            .follows(meter, share: 0.25, error: 0.0123),
            "What is missing rises and falls with what meter 00000001-01-000007 measures, as if it did not measure "
                + "25.0 ± 1.2 % of what passes it."
        ),
        (
            .fell(meter, before: 412.4, after: 0.4),
            "Meter 00000001-01-000007 measures 0 W on average since then, and 412 W before."
        ),
        (
            .nextBest(.tap, behind: 2),
            "The next explanation is a tap beside all meters, which is almost as likely."
        ),
        (
            .nextBest(.bypass(meter), behind: 12),
            "The next explanation is meter 00000001-01-000007, which is at least 10^5 times less likely."
        ),
        (
            .withinTransformerClass(percent: 0.5, share: 0.0025),
            "It is 0.25 % of the branch's energy: less than a transformer of class 0.5 may err, and seen only because it "
                + "began."
        ),
        (
            .filled(meter, share: 0.02),
            "Of meter 00000001-01-000007, 2.0 % of the records since then are missing and were estimated."
        ),
    ])
    func `each reason has a sentence`(reason: SuspicionReason, sentence: String) {
        #expect(reason.sentence == sentence)
    }
}
