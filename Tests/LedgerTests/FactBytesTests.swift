import TestSupport
import Testing
import ValueProtocol

@testable import Ledger

@Suite("Facts as bytes")
struct FactBytesTests {
    /// Every fact that a long life makes, and every kind of request and change among them.
    private static let facts: [LedgerFact] = {
        var life = RandomLife(seed: 3)
        do {
            while life.orderCount < 6_000 { try life.step() }
            try life.settleEverything()
        } catch {
            Issue.record(error)
        }
        return life.ledger.facts
    }()

    @Test func `each fact is what its bytes decode to`() {
        var kinds: Set<LedgerChange.Kind> = []
        var requests: Set<UInt8> = []
        for fact in Self.facts {
            let bytes = fact.change.bytes
            #expect(LedgerChange(bytes: bytes, key: fact.key) == fact.change)
            kinds.insert(fact.change.kind)
            if fact.change.isOrder { requests.insert(bytes[2]) }
        }
        #expect(kinds == Set(LedgerChange.Kind.allCases))
        // What is rare has a test of its own.
        #expect(Set(1...16).subtracting(requests).isSubset(of: [12, 14]))
    }

    @Test func `an assignment, a release, and who it is paid to`() {
        let assignment = LedgerChange.ordered(.assign(TestBooks.purse))
        #expect(LedgerChange(bytes: assignment.bytes, key: IdempotencyKey("any")) == assignment)
        for party in [.seller, .reseller(TestBooks.reseller), .subscriber(TestBooks.subscriber)] as [ValueSource] {
            let change = LedgerChange.ordered(.release(TestBooks.purse, to: party))
            #expect(LedgerChange(bytes: change.bytes, key: IdempotencyKey("any")) == change)
        }
    }

    @Test func `a ledger is what its facts' bytes make of it`() throws {
        let decoded = try Self.facts.map { fact in
            let change = try #require(LedgerChange(bytes: fact.change.bytes, key: fact.key))
            return LedgerFact(number: fact.number, key: fact.key, time: fact.time, change)
        }
        #expect(try GeneralLedger(replaying: decoded) == GeneralLedger(replaying: Self.facts))
    }

    @Test func `bytes that are cut, longer or of another version are no fact`() {
        for fact in Self.facts.suffix(400) {
            let bytes = fact.change.bytes
            for count in 0..<bytes.count {
                #expect(LedgerChange(bytes: Array(bytes.prefix(count)), key: fact.key) == nil)
            }
            #expect(LedgerChange(bytes: bytes + [0], key: fact.key) == nil)
            #expect(LedgerChange(bytes: [2] + bytes.dropFirst(), key: fact.key) == nil)
        }
    }

    @Test func `any other bytes decode to nothing, or to a fact with those bytes`() {
        var random = SeededGenerator(seed: 12)
        var decodedCount = 0
        for fact in Self.facts.suffix(2_000) {
            var bytes = fact.change.bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let change = LedgerChange(bytes: bytes, key: fact.key) else { continue }
            decodedCount += 1
            #expect(change.bytes == bytes)
        }
        #expect(decodedCount > 500)
    }

    @Test func `an element's state is what its bytes decode to`() throws {
        let state = try GeneralLedger(replaying: Self.facts).state
        #expect(state.elements.base.count > 10)
        for element in state.elements.base.values {
            let bytes = element.bytes
            #expect(ElementState(bytes: bytes) == element)
            for count in 0..<bytes.count { #expect(ElementState(bytes: Array(bytes.prefix(count))) == nil) }
            #expect(ElementState(bytes: bytes + [0]) == nil)
        }
        for debit in state.leftDebits.base.values { #expect(LeftState.shown(bytes: debit.shownBytes) == debit.shown) }
        for subject in state.subjects.base.keys { #expect(BookDifference.Subject(bytes: subject.bytes) == subject) }
    }
}
