import Testing

@testable import Grid

struct ExchangeTests {
    @Test func `A load goes before recovery, and recovery before readings`() {
        #expect(Exchange.Priority.allCases.shuffled().sorted() == [.load, .recovery, .reading])
    }
}
