import CardCrypto
import Foundation
import ISO7816
import Issuing
import TestSupport
import TestWorlds
import Testing
import ValueProtocol

@Suite("A ceremony with people") struct CeremonyWithPeopleTests {
    private let bench: CeremonyBench
    private let file: TemporaryFile
    private var record: CeremonyRecordFile { CeremonyRecordFile(at: file.path) }

    init() throws {
        bench = try CeremonyBench()
        file = try TemporaryFile()
    }

    /// A key with two components, of custodians 1 and 4.
    private func plan(checkValue: KeyCheckValue? = nil) throws -> CeremonyPlan {
        let people = Array(CeremonyBench.custodians.prefix(2))
        return try CeremonyPlan(
            keys: [.init(KeyName(.admin, 1), custodians: people, checkValue: checkValue)], firstPINs: people)
    }

    private func sheet(_ number: UInt8) throws -> [String] { try bench.component(0, number).typed }

    private static let request = ComponentRequest(
        key: KeyName(.admin, 1), number: 1, count: 2, custodian: CeremonyBench.custodians[0])

    @Test func `the keys of the plan are on the card, and its record is gone`() throws {
        let people = ScriptedParticipants(
            ["1111", "1111", "2222", "2222", "1111"] + (try sheet(1)) + ["2222"] + (try sheet(2)))
        let made = try CardCeremony(plan(), record: record, with: people).run(over: bench.channel)
        let key = bench.suite.checkValue(of: try bench.key(0, 2))
        #expect(made == [KeyDescriptor(KeyName(.admin, 1), key)])
        #expect(people.left == 0)
        let (one, two) = (CeremonyBench.custodians[0], CeremonyBench.custodians[1])
        #expect(
            people.questions.prefix(5) == [
                .newPIN(one, isRepeated: false), .newPIN(one, isRepeated: true), .newPIN(two, isRepeated: false),
                .newPIN(two, isRepeated: true), .pin(one),
            ])
        #expect(people.events.count == 6)
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test func `people may type again whatever they mistyped`() throws {
        let wrongCheck = [try sheet(1)[0], "000000"]
        let people = ScriptedParticipants(
            ["11", "11", "1111", "1112", "1111", "1111", "2222", "2222", "9999", "1111"] + wrongCheck
                + ["zz", String(try sheet(1)[0].dropLast(2)), try sheet(1)[0] + "0", try sheet(1)[0], "1"]
                + (try sheet(1)) + ["2222"] + (try sheet(2)))
        let made = try CardCeremony(plan(), record: record, with: people).run(over: bench.channel)
        #expect(made.map(\.name) == [KeyName(.admin, 1)])
        let codes = people.rejections.map { ($0 as? CeremonyError)?.code }
        #expect(
            codes == [
                nil, .repetitionDiffers, .card, .mistyped, .malformedComponent, .malformedComponent,
                .malformedComponent,
                .malformedCheckValue,
            ])
        let subjects = people.rejections.compactMap { ($0 as? CeremonyError)?.subject }
        #expect(
            subjects.suffix(4) == [
                "\(Self.request), 2 of 2 characters not hexadecimal digits",
                "\(Self.request), 30 digits there, 2 missing",
                "\(Self.request), 33 digits there, 1 too many",
                "check value of \(Self.request), 1 digits there, 5 missing",
            ])
        #expect((people.rejections.first as? MasterKeyError)?.code == .malformedPIN)
    }

    @Test func `answers of a file are taken once, and the first wrong one ends it`() throws {
        let people = ScriptedParticipants(["1111", "2222", "9999"], areInteractive: false)
        let error = try #require(throws: CeremonyError.self) {
            try CardCeremony(plan(), record: record, with: people).run(over: bench.channel)
        }
        #expect(error.code == .card)
        #expect((error.cause as? MasterKeyError)?.code == .wrongPIN)
        #expect(people.rejections.isEmpty)
    }

    @Test func `a ceremony that was broken off goes on by its record`() throws {
        let before = ScriptedParticipants(["1111", "1111", "2222", "2222", "1111"] + (try sheet(1)))
        #expect(throws: ScriptedParticipants.NoMoreAnswers.self) {
            try CardCeremony(plan(), record: record, with: before).run(over: bench.channel)
        }
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        try bench.card.channel.reset()
        let after = ScriptedParticipants(["2222"] + (try sheet(2)))
        let made = try CardCeremony(plan(), record: record, with: after).run(over: bench.channel)
        #expect(made.map(\.name) == [KeyName(.admin, 1)])
        guard case .resumed(let path) = after.reports.first else {
            Issue.record("nobody was told that the ceremony goes on")
            return
        }
        #expect(path == file.path)
    }

    @Test func `a record that is damaged is not taken for none`() throws {
        try file.write(Array("something else\n".utf8))
        #expect(throws: CeremonyError(.recordWrong, "")) {
            try CardCeremony(plan(), record: record, with: ScriptedParticipants([])).run(over: bench.channel)
        }
        try file.write([0xFF, 0xFE])
        #expect(throws: CeremonyError(.recordWrong, "")) { try record.load() }
    }

    // MARK: In software

    @Test func `a key in software is the XOR of its components`() throws {
        let people = ScriptedParticipants(try sheet(1) + sheet(2))
        var held: [KeyName: Secret] = [:]
        let made = try SoftwareCeremony(plan(), with: people).run(besides: []) { held[$1] = $0 }
        #expect(held[KeyName(.admin, 1)]?.matches(try bench.key(0, 2)) == true)
        let (first, key) = (try bench.component(0, 1).checkValue, bench.suite.checkValue(of: try bench.key(0, 2)))
        #expect(made == [KeyDescriptor(KeyName(.admin, 1), key)])
        #expect(people.events.first == .componentAccepted(Self.request, first))
        #expect(people.events.count == 2)
        // No PIN is asked for.
        #expect(people.questions.first == .component(Self.request))
    }

    @Test func `a key in software that is not the one planned is not held`() throws {
        let people = ScriptedParticipants(try sheet(1) + sheet(2))
        #expect(throws: CeremonyError(.checkValueDiffers, "")) {
            try SoftwareCeremony(plan(checkValue: KeyCheckValue(rawValue: 1)), with: people).run(besides: []) {
                _, name in
                Issue.record("\(name) was held")
            }
        }
    }

    @Test func `a key that exists is not made again`() throws {
        let people = ScriptedParticipants([])
        #expect(throws: CeremonyError(.keyHeld, "")) {
            try SoftwareCeremony(plan(), with: people).run(besides: [KeyName(.admin, 1)]) { _, _ in }
        }
        #expect(people.questions.isEmpty)
    }
}
