import CardCrypto
import GlobalPlatform
import ISO7816
import TestSupport
import Testing

/// Cards that list in part, or in their own way.
@Suite struct RegistryListingTests {
    static let domain = "E3164F08A0000001510000009F700107C5039EFE80CE0101"
    static let application = "E3114F08A0000000620201019F700107C50100"
    static let package = "E31A4F07A00000006201019F7001018408A000000062010101CE0101"

    /// A card that lists `answers`, by P1 and P2; anything else is refused with 6A88.
    private func card(_ answers: [String: String]) -> AnsweredCard {
        AnsweredCard { hex(answers[hexadecimal([$0.p1, $0.p2])] ?? "6A88") }
    }

    private func aids(_ listing: RegistryListing) -> [String] { listing.entries.map { hexadecimal($0.aid) } }

    @Test func `a usual card`() {
        let card = card([
            "8002": Self.domain + "9000", "4002": Self.application + "9000", "1002": Self.package + "9000",
        ])
        let listing = card.registryListing()
        #expect(aids(listing) == ["A000000151000000", "A000000062020101", "A0000000620101"])
        #expect(listing.entries.last?.modules.map(hexadecimal) == ["A000000062010101"])
        #expect(listing.failures.isEmpty && listing.remarks.isEmpty)
        #expect(listing.entries.first?.privilegeNames.contains("Card Lock") == true)
        #expect(card.parameters == ["8002", "4002", "1002"])
    }

    @Test(arguments: ["6A86", "6A80", "6A81", "6B00", "6700"])
    func `a card that lists only without tags`(status: String) {
        let card = card([
            "8002": status, "4002": status, "1002": status, "8000": "08A0000001510000000F9E9000",
            "4000": "05A0000000010700" + "06A0000000020F8000" + "9000",
            "1000": "05A0000000010100" + "02" + "06A00000000101" + "06A00000000102" + "05A00000000201000000" + "9000",
        ])
        let listing = card.registryListing([.issuerSecurityDomain])
        #expect(aids(listing) == ["A000000151000000"])
        #expect(listing.entries.first?.lifeCycleName == "SECURED")
        #expect(listing.entries.first?.privileges == [0x9E])
        #expect(listing.failures.isEmpty)
        #expect(listing.remarks == [.withoutTags])
        let all = card.registryListing()
        #expect(all.entries.filter { $0.kind == .packages }.map(\.modules.count) == [2, 0])
        #expect(all.failures.isEmpty, "a byte 00 at the end is padding")
        // The form is kept: the others are not asked with tags again.
        #expect(card.parameters.suffix(4) == ["8002", "8000", "4000", "1000"])
    }

    /// An issuer security domain lists itself, so 6A88 for it may mean that the card does not know the form.
    @Test func `a card that says of the form with tags that there is nothing`() {
        let card = card(["8000": "08A0000001510000000F9E9000", "4000": "05A00000000107009000"])
        let listing = card.registryListing()
        #expect(aids(listing) == ["A000000151000000", "A000000001"])
        #expect(listing.failures.isEmpty && listing.remarks == [.withoutTags])
        // Another domain than the issuer's does not list that one: nothing has failed.
        for status in ["6A86", "6985", "6A88"] {
            let other = self.card(["8000": status, "4002": Self.application + "9000"]).registryListing()
            #expect(aids(other) == ["A000000062020101"])
            #expect(other.failures.isEmpty && other.remarks.isEmpty, "\(status)")
        }
    }

    @Test func `one kind with tags and another without`() {
        let card = card([
            "8002": Self.domain + "9000", "4002": "6A86", "4000": "05A00000000107009000", "1002": Self.package + "9000",
        ])
        let listing = card.registryListing()
        #expect(aids(listing) == ["A000000151000000", "A000000001", "A0000000620101"])
        #expect(listing.entries.last?.version == [0x01])
        #expect(listing.failures.isEmpty && listing.remarks == [.withoutTags])
        #expect(card.parameters == ["8002", "4002", "4000", "1002"])
        // It refuses the kind, and says of the other form that there is nothing: it may not know that form.
        for status in ["6A88", "6A86"] {
            let refused = self.card(["8002": Self.domain + "9000", "4002": "6A86", "4000": status]).registryListing()
            #expect(aids(refused) == ["A000000151000000"])
            #expect(refused.failures.map(\.status) == [StatusWord(0x6A86)] && refused.remarks.isEmpty)
        }
    }

    @Test func `a card that says of packages with modules that there are none`() {
        let listing = card(["8002": Self.domain + "9000", "2002": Self.package + "9000"]).registryListing()
        #expect(aids(listing) == ["A000000151000000", "A0000000620101"])
        #expect(listing.remarks == [.withoutModules(.referencedDataNotFound)] && listing.failures.isEmpty)
        // Of neither: there are none, whatever it says to the first request.
        let empty = card(["8002": Self.domain + "9000", "1002": "6A86", "2002": "6A88"]).registryListing()
        #expect(empty.entries.count == 1 && empty.failures.isEmpty && empty.remarks.isEmpty)
        // Where it refuses them alone, there are none.
        for status in ["6A86", "6F00", "9000"] {
            let none = card(["8002": Self.domain + "9000", "2002": status]).registryListing()
            #expect(none.entries.count == 1 && none.failures.isEmpty && none.remarks.isEmpty, "\(status)")
        }
    }

    @Test func `packages without modules`() {
        let card = card([
            "8002": Self.domain + "9000", "1002": "6A86", "2002": "E30B4F05A0000000629F700101" + "9000",
        ])
        let listing = card.registryListing()
        #expect(aids(listing) == ["A000000151000000", "A000000062"])
        #expect(listing.entries.last?.kind == .packages)
        #expect(listing.failures.isEmpty)
        #expect(listing.remarks == [.withoutModules(StatusWord(0x6A86))])
    }

    @Test func `what fails is named and the rest is listed`() {
        let card = card([
            "8002": Self.domain + "9000", "4002": Self.application + "9000", "1002": "6F02", "2002": "6F02",
        ])
        let listing = card.registryListing()
        #expect(aids(listing) == ["A000000151000000", "A000000062020101"])
        #expect(listing.failures.first?.code == .refused)
        #expect(listing.failures.first?.status == StatusWord(0x6F02))
        #expect(
            "\(listing.failures[0])"
                == "GET STATUS P1=10 (packages with modules): the card refuses (6F02: no precise diagnosis)")
        // The first kind may fail as well.
        let first = self.card(["8002": "6985", "4002": Self.application + "9000", "1002": "6A88"])
        #expect(aids(first.registryListing()) == ["A000000062020101"])
        #expect(first.registryListing().failures.map(\.status) == [StatusWord(0x6985)])
    }

    @Test func `a failure with modules does not prevent packages`() {
        let card = card(["8002": Self.domain + "9000", "1002": "6F02", "2002": Self.package + "9000"])
        let listing = card.registryListing()
        #expect(aids(listing) == ["A000000151000000", "A0000000620101"])
        #expect(listing.failures.map(\.status) == [StatusWord(0x6F02)])
    }

    @Test func `what a refusal has cut off is asked for in a new channel`() throws {
        let keys = try KeySet.test(.aes)
        let card = SecurityDomainCard(keys)
        card.answering = { command in
            switch command.p1 {
            case 0x80: ResponseAPDU(status: .securityStatusNotSatisfied)
            case 0x40: ResponseAPDU(data: hex(Self.application), status: .success)
            case 0x20: ResponseAPDU(data: hex(Self.package), status: .success)
            default: ResponseAPDU(status: StatusWord(0x6988))
            }
        }
        let channel = try InProcessChannel(card)
        var count = 0
        let listing = try channel.openSecureChannel(keys).registryListing { () throws(GlobalPlatformError) in
            count += 1
            return try channel.openSecureChannel(keys)
        }
        #expect(aids(listing) == ["A000000062020101", "A0000000620101"])
        #expect(listing.failures.map(\.status) == [.securityStatusNotSatisfied, StatusWord(0x6988)])
        #expect(count == 2 && card.sequenceCounter == 3)
        // Where none can be opened, that is named, and no more is asked.
        let cut = try channel.openSecureChannel(keys).registryListing { () throws(GlobalPlatformError) in
            throw GlobalPlatformError(.wrongKeys, "key version 1")
        }
        #expect(cut.entries.isEmpty && cut.failures.map(\.code) == [.refused, .wrongKeys])
    }

    @Test func `a card that is lost is asked no more`() {
        struct Lost: Error {}
        let card = AnsweredCard { command in
            guard command.p1 == 0x80 else { throw Lost() }
            return hex(Self.domain + "9000")
        }
        let listing = card.registryListing()
        #expect(aids(listing) == ["A000000151000000"])
        #expect(listing.failures.map(\.code) == [.noAnswer])
        #expect(card.parameters == ["8002", "4002"])
    }

    @Test func `the next occurrences are fetched`() {
        var pages = [Self.application + "6310", Self.application.replacing("0201019F", with: "0201029F") + "9000"]
        let card = AnsweredCard { command in command.p1 == 0x40 ? hex(pages.removeFirst()) : hex("6A88") }
        let listing = card.registryListing()
        #expect(aids(listing) == ["A000000062020101", "A000000062020102"])
        #expect(listing.failures.isEmpty)
        #expect(card.parameters == ["8002", "8000", "4002", "4003", "1002", "2002"])
    }

    @Test(arguments: ["00", "02"]) func `an entry that goes on in the next answer`(form: String) {
        let long = form == "02" ? Self.package : "07A00000006201010100" + "01" + "08A000000062010101"
        for cut in stride(from: 2, to: long.count, by: 2) {
            for start in ["", "\(long.prefix(cut))"] {
                // The card goes on within the entry, or begins it again.
                let first = (form == "02" ? "E3074F05A000000001" : "05A000000001010000") + long.prefix(cut)
                var pages = [first + "6310", start + long.dropFirst(cut) + "9000"]
                let card = AnsweredCard { command in
                    guard command.p1 == 0x10 else { return hex("6A88") }
                    return command.p2 & 0x02 == 0 || form == "02" ? hex(pages.removeFirst()) : hex("6A86")
                }
                let listing = card.registryListing([.packages])
                #expect(aids(listing) == ["A000000001", "A0000000620101"], "\(cut) \(start)")
                #expect(listing.failures.isEmpty, "\(cut) \(start) \(listing.failures)")
            }
        }
    }

    @Test func `the end of a list may be said by 6A88`() {
        var pages = [Self.application + "6310", "6A88"]
        let card = AnsweredCard { $0.p1 == 0x40 ? hex(pages.removeFirst()) : hex("6A88") }
        let listing = card.registryListing()
        #expect(listing.entries.count == 1 && listing.failures.isEmpty)
    }

    @Test func `a failure after some entries`() {
        var pages = [Self.application + "6310", "6F00"]
        let card = AnsweredCard { $0.p1 == 0x40 ? hex(pages.removeFirst()) : hex("6A88") }
        let listing = card.registryListing()
        #expect(listing.entries.count == 1)
        #expect(listing.failures.map(\.subject) == ["GET STATUS P1=40 (applications), after 1 entries"])
    }

    @Test func `a card that repeats itself is not asked without end`() {
        let card = AnsweredCard { _ in hex(Self.application + "6310") }
        let listing = card.registryListing([.applications])
        #expect(listing.entries.count == 1)
        #expect(listing.failures.map(\.code) == [.listRepeats])
        #expect(card.sent.count == 2)
        // More and more, with nothing in it; and an entry of its own each time.
        let empty = AnsweredCard { _ in hex("6310") }
        #expect(empty.registryListing([.applications]).failures.map(\.code) == [.listIncomplete])
        #expect(empty.sent.count == 1)
        var number: UInt8 = 0
        let endless = AnsweredCard { _ in
            number &+= 1
            return hex("E3084F06A00000000000").dropLast() + [number] + hex("6310")
        }
        #expect(endless.registryListing([.applications], limit: 7).entries.count == 7)
        #expect(endless.sent.count == 7)
    }

    @Test(arguments: ["00", "02"]) func `a list cut at 256 bytes`(form: String) throws {
        let entry: (UInt8) -> [UInt8] = { number in
            form == "02"
                ? hex("E3134F08A0000000620201") + [number] + hex("9F700107C503000000")
                : hex("08A0000000620201") + [number] + hex("0700")
        }
        let all = (0..<40).flatMap { entry($0) }
        let card = AnsweredCard { command in
            guard command.p1 == 0x40 else { return hex("6A88") }
            return command.p2 == UInt8(form) ? Array(all.prefix(256)) + hex("9000") : hex("6A86")
        }
        let listing = card.registryListing()
        let count = entry(0).count
        #expect(listing.entries.count == 256 / count)
        let failure = try #require(listing.failures.first)
        #expect(listing.failures.count == 1)
        #expect(failure.code == .listIncomplete)
        let fault = try #require(failure.cause as? DataFault)
        #expect(fault.offset == 256 / count * count)
    }

    @Test func `an entry with a wrong length does not hide the others`() {
        // The first is too long and takes the second in; the third is too short; stray bytes precede the fourth.
        let entries =
            "E3134F05A0000000019F700107" + "E30B4F05A0000000029F700107" + "E30A4F05A0000000039F700107" + "FFFF"
            + "E30B4F05A0000000049F700107"
        let card = card(["4002": entries + "9000"])
        let listing = card.registryListing([.applications])
        #expect(aids(listing) == ["A000000001", "A000000002", "A000000003", "A000000004"])
        #expect(!listing.failures.isEmpty)
        #expect(listing.failures.allSatisfy { $0.code == .malformedAnswer && $0.cause is DataFault })
    }

    @Test func `the last entry with a wrong length is listed`() {
        let listing = card(["4002": Self.application + "E30F4F05A0000000019F7001079000"]).registryListing([
            .applications
        ])
        #expect(aids(listing) == ["A000000062020101", "A000000001"])
        #expect(listing.failures.map { $0.cause as? DataFault } == [DataFault(.truncated, "registry", offset: 19)])
    }

    @Test func `an entry of which the card leaves the end out is named`() {
        var pages = [Self.application + "E30B4F05A0000000019F" + "6310", "E30B4F05A0000000029F700107" + "9000"]
        let card = AnsweredCard { $0.p1 == 0x40 ? hex(pages.removeFirst()) : hex("6A88") }
        let listing = card.registryListing([.applications])
        #expect(aids(listing) == ["A000000062020101", "A000000002"])
        #expect(listing.failures.map(\.code) == [.listIncomplete])
    }

    @Test func `an entry without AID is named`() {
        let card = card(["4002": "E3049F700107" + Self.application + "9000"])
        let listing = card.registryListing([.applications])
        #expect(listing.entries.count == 1)
        #expect(listing.failures.map { $0.cause as? DataFault } == [DataFault(.missing, "registry", offset: 0)])
    }

    @Test func `another warning is named`() {
        let card = card(["4002": Self.application + "6281"])
        let listing = card.registryListing([.applications])
        #expect(listing.entries.count == 1)
        #expect(listing.failures.map(\.status) == [StatusWord(0x6281)])
    }

    @Test func `one kind alone throws where entries may be missing`() throws {
        #expect(try card(["1002": "6A86", "2002": Self.package + "9000"]).registry(.packages).count == 1)
        #expect(throws: GlobalPlatformError(.refused, "")) { try card(["1002": "6F02"]).registry(.packages) }
    }

    @Test func `no bytes break the reading`() {
        var random = SeededGenerator(seed: 12)
        for _ in 0..<3_000 {
            let card = AnsweredCard { _ in
                let bytes = random.bytes(Int.random(in: 0...60, using: &random))
                let starts: [[UInt8]] = [[], [0xE3], [0xE3, 0x10, 0x4F, 0x05], [0x05], [0x08, 0xA0]]
                let status: [UInt16] = [0x9000, 0x6310, 0x6310, 0x6A86, 0x6A88, 0x6F00]
                return starts[Int.random(in: 0..<5, using: &random)] + bytes
                    + StatusWord(status[Int.random(in: 0..<6, using: &random)]).bytes
            }
            let listing = card.registryListing(limit: 8)
            #expect(listing.failures.allSatisfy { !"\($0)".isEmpty })
            #expect(card.sent.count < 100)
        }
    }

    @Test func `no change of a good answer breaks the reading`() {
        let good = hex(Self.domain + Self.application + Self.package)
        for offset in good.indices {
            for value: UInt8 in [0x00, 0x01, 0x7F, 0x80, 0x81, 0x84, 0xE3, 0xFF] {
                var changed = good
                changed[offset] = value
                for count in [changed.count, offset] {
                    let card = AnsweredCard { _ in Array(changed.prefix(count)) + hex("9000") }
                    _ = card.registryListing([.applications])
                }
            }
        }
    }
}
