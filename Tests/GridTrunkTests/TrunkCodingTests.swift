import Foundation
import Grid
import SwiftProtobuf
import TestSupport
import Testing
import ValueProtocol

@testable import GridTrunk

struct TrunkCodingTests {
    static let id = ExchangeID(origin: .max, number: 3)
    static let meter = PartyID(issuer: 0xFFFF_FFFF, kind: .waterMeter, number: 0xFF_FFFF)

    static var fromUpper: [TrunkMessage] {
        var exchanges: [TrunkExchange] = []
        for device in Exchange.Device.allCases {
            for priority in Exchange.Priority.allCases {
                exchanges.append(
                    TrunkExchange(
                        id, with: meter, device, priority, timeLeft: .milliseconds(1234), command: [1, 0, 255]))
            }
        }
        return [
            .hello(TrunkHello(version: 3, process: .max, maxItems: 7, maxBytes: 70_000)), .exchanges(exchanges),
            .exchanges([]), .cancel([id]), .acknowledge([id, id]), .acknowledgeReports(.max),
        ]
    }

    static var fromLower: [TrunkMessage] {
        let outcomes: [ExchangeOutcome] =
            [.answered([]), .answered([0x90, 0])] + ExchangeOutcome.Cause.allCases.map { .notSent($0) }
            + ExchangeOutcome.Cause.allCases.map { .perhapsDone($0) }
        var contents: [UnitReport.Content] = [
            .quality(UnitReport.LineQuality(of: meter, byteErrorRate: 1_000_000, exchanges: 5, repeats: 6)),
            .otherMeter(expected: meter, found: PartyID(rawValue: 1)), .otherUnit(nil), .otherUnit(meter),
            .meters(UnitReport.MeterRoster(present: [meter], gone: [PartyID(rawValue: 2)], isComplete: true)),
            .meters(UnitReport.MeterRoster()), .lost(9),
        ]
        contents += UnitReport.Presence.allCases.flatMap { [.quiet(meter, $0), .back(meter, $0)] }
        contents += UnitReport.LineAttack.Kind.allCases.flatMap {
            [.attack(UnitReport.LineAttack($0)), .attack(UnitReport.LineAttack($0, meter: meter, count: 8))]
        }
        return [
            .hello(TrunkHello(process: 1)), .credit(1), .accepted([id]), .answers(outcomes.map { TrunkAnswer(id, $0) }),
            .reports(
                contents.map { TrunkReport(.max, UnitReport(from: meter, at: .milliseconds(77), $0)) }),
        ]
    }

    @Test(arguments: fromUpper) func `what the upper side says is read as it was said`(message: TrunkMessage) throws {
        let wire = try #require(message.fromUpper)
        let bytes: [UInt8] = try wire.serializedBytes()
        #expect(try TrunkMessage(Valuestore_Trunk_V1_FromUpper(serializedBytes: bytes)) == message)
        if case .hello = message {} else { #expect(message.fromLower == nil) }
    }

    @Test(arguments: fromLower) func `what the lower side says is read as it was said`(message: TrunkMessage) throws {
        let wire = try #require(message.fromLower)
        let bytes: [UInt8] = try wire.serializedBytes()
        #expect(try TrunkMessage(Valuestore_Trunk_V1_FromLower(serializedBytes: bytes)) == message)
        if case .hello = message {} else { #expect(message.fromUpper == nil) }
    }

    @Test func `values without a meaning are malformed`() {
        typealias Lower = Valuestore_Trunk_V1_FromLower
        typealias Upper = Valuestore_Trunk_V1_FromUpper
        let answer = Valuestore_Trunk_V1_Answer.with { $0.id = Self.id.wire }
        let report = Valuestore_Trunk_V1_Report.with {
            $0.number = 1
            $0.lost = 1
        }
        let lower: [Lower] = [
            Lower(), .with { $0.accepted.ids = [.init()] }, .with { $0.answers.answers = [answer] },
            .with { $0.answers.answers = [.with { $0.answered = Data([1]) }] },
            .with { $0.answers.answers = [answer.with { $0.notSent = .unspecified }] },
            .with { $0.answers.answers = [answer.with { $0.perhapsDone = .UNRECOGNIZED(99) }] },
            .with { $0.answers.answers = [answer.with { $0.perhapsDone = .UNRECOGNIZED(-1) }] },
            .with { $0.answers.answers = [answer.with { $0.perhapsDone = .UNRECOGNIZED(257) }] },
            .with { $0.reports.reports = [.init()] },
            .with { $0.reports.reports = [report.with { $0.number = 0 }] },
            .with { $0.reports.reports = [report.with { $0.ageMs = .max }] },
            .with { $0.reports.reports = [report.with { $0.quiet.meter = 1 }] },
            .with { $0.reports.reports = [report.with { $0.attack.count = 1 }] },
        ]
        for wire in lower {
            #expect(throws: TrunkError(.malformed, ""), "\(wire)") { try TrunkMessage(wire) }
        }
        let exchange = Valuestore_Trunk_V1_Exchange.with { $0.id = Self.id.wire }
        let upper: [Upper] = [
            Upper(), .with { $0.exchanges.exchanges = [.init()] },
            .with { $0.exchanges.exchanges = [exchange.with { $0.device = .UNRECOGNIZED(2) }] },
            .with { $0.exchanges.exchanges = [exchange.with { $0.priority = .UNRECOGNIZED(3) }] },
            .with { $0.cancel.ids = [.with { $0.origin = 1 }] },
            .with { $0.acknowledge.ids = [.with { $0.number = 1 }] },
        ]
        for wire in upper {
            #expect(throws: TrunkError(.malformed, ""), "\(wire)") { try TrunkMessage(wire) }
        }
    }

    @Test func `a response that is too long is refused`() {
        let wire = Valuestore_Trunk_V1_FromLower.with {
            $0.answers.answers = [
                .with {
                    $0.id = Self.id.wire
                    $0.answered = Data(count: 65_545)
                }
            ]
        }
        #expect(throws: TrunkError(.tooLarge, "")) { try TrunkMessage(wire) }
    }

    /// Of those that parse, some say something else.
    @Test func `no bytes make the reader crash`() throws {
        var random = SeededGenerator(seed: 5)
        var parsed = 0
        for message in Self.fromLower + Self.fromUpper {
            let whole: [UInt8] = try message.fromLower?.serializedBytes() ?? message.fromUpper?.serializedBytes() ?? []
            for _ in 0..<300 where !whole.isEmpty {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                parsed += Self.parses { try TrunkMessage(Valuestore_Trunk_V1_FromLower(serializedBytes: bytes)) }
                parsed += Self.parses { try TrunkMessage(Valuestore_Trunk_V1_FromUpper(serializedBytes: bytes)) }
            }
        }
        #expect(parsed > 100)
    }

    private static func parses(_ parse: () throws -> TrunkMessage) -> Int {
        do {
            _ = try parse()
            return 1
        } catch {
            return 0
        }
    }
}

extension SwiftProtobuf.Message {
    fileprivate func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}
