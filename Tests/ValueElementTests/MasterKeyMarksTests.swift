import CardCrypto
import ISO7816
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// What a master-key card writes about the elements of a long range.
@Suite struct MasterKeyMarksTests {
    private static let count: UInt16 = 2000
    private static let oldIssued = RecordName(0x0105)
    private static let oldSeen = RecordName(0x0106)
    private static let newForm: ClosedRange<RecordName> = RecordName(0x0108)...RecordName(0x37FF)

    private static func eid(_ number: UInt32) -> PartyID { PartyID(issuer: 7, kind: .subscriberCard, number: number) }

    /// A card that has issued all but the first of its range, and has seen another element outside it.
    private func image(_ desk: Desk) throws -> MasterKeyImage {
        var image = try desk.card.masterKey
        image.rules = DeskRules(first: World.card, count: Self.count, allowing: OperationCode.allCases)
        let others = (2...UInt32(Self.count)).map(Self.eid)
        image.issued = others
        image.seen = others.map { SeenElement(eid: $0, nt: $0.number) } + [SeenElement(eid: Self.eid(60_000), nt: 5)]
        return image
    }

    /// The image in the two lists of older programs.
    private func oldRecords(_ image: MasterKeyImage, _ element: ElementImage) -> [RecordName: [UInt8]] {
        var records = ValueCard.records(image, element: element).filter { !Self.newForm.contains($0.key) }
        records[Self.oldIssued] = image.issued.flatMap { bigEndian($0.rawValue) }
        records[Self.oldSeen] = image.seen.flatMap { bigEndian($0.eid.rawValue) + bigEndian($0.nt) }
        return records
    }

    /// The bytes that differ after a session with the first element.
    private func written(_ victim: Victim, _ desk: Desk, _ other: Victim) throws -> Int {
        let before = try victim.records
        try victim.select(.masterKey)
        _ = try victim.send(0x00, 0x20, 0, 1, Array(Desk.pins[0].utf8))
        let opened = try victim.send(0x80, 0x60, 4, 1, bigEndian(World.card.rawValue))
        try #require(opened.status == .success)
        let initialized = try other.send(0x80, 0x50, 4, 1, opened.data)
        #expect(try victim.send(0x80, 0x62, 0, 0, initialized.data).status == .success)
        return try victim.records.filter { before[$0.key] != $0.value }.values.reduce(0) { $0 + $1.count }
    }

    @Test func `a session writes one page, however long the range`() throws {
        let desk = try Desk()
        let image = try image(desk)
        let victim = try Victim(ValueCard.records(image, element: try desk.card.image))
        #expect(try Set(victim.masterKey.seen) == Set(image.seen))
        #expect(try victim.masterKey.issued == image.issued)
        let count = try written(victim, desk, try desk.subscriber())
        #expect((1...600).contains(count), "\(count) bytes")
        #expect(try victim.masterKey.seen.count == image.seen.count + 1)
        #expect(try victim.masterKey.issued == image.issued)
    }

    @Test(arguments: FailureSwitch.Portion.allCases)
    func `an older card opens, and keeps every mark when it is written anew`(portion: FailureSwitch.Portion) throws {
        let desk = try Desk()
        let image = try image(desk)
        let old = oldRecords(image, try desk.card.image)
        let victim = try Victim(old)
        #expect(try victim.masterKey.seen == image.seen)
        #expect(try victim.masterKey.issued == image.issued)
        // Power is cut at the first write, which is the rewriting.
        victim.failure.cutPower(atWrite: 1, keeping: portion)
        try victim.select(.masterKey)
        #expect(throws: CardError.self) { try victim.send(0x00, 0x20, 0, 1, Array(Desk.pins[0].utf8)) }
        victim.failure.restorePower()
        try victim.card.reset()
        #expect(try Set(victim.masterKey.seen) == Set(image.seen))
        #expect(try victim.masterKey.issued == image.issued)
        _ = try written(victim, desk, try desk.subscriber())
        #expect(try victim.records[Self.oldSeen] == nil && victim.records[Self.oldIssued] == nil)
        #expect(try Set(victim.masterKey.seen).isSuperset(of: image.seen))
        #expect(try victim.masterKey.issued == image.issued)
    }
}
