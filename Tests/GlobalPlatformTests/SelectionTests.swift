import GlobalPlatform
import ISO7816
import TestSupport
import Testing

/// Where the issuer security domain is, and what its file control information tells.
@Suite struct SelectionTests {
    static let information = "6F108408A000000151000000A5049F6501FF"

    /// A card that selects `answers`, by AID; anything else is not found.
    private func card(_ answers: [String: String]) -> AnsweredCard {
        AnsweredCard { hex(answers[hexadecimal([UInt8]($0.data))] ?? "6A82") }
    }

    @Test func `the default selection`() throws {
        let card = card(["": Self.information + "9000"])
        let domain = try card.selectIssuerSecurityDomain()
        #expect(domain.aid == SecurityDomainCard.aid)
        #expect(domain.origin == .defaultSelection && domain.isSecurityDomain && !domain.isCardLocked)
        #expect(domain.maxCommandData == 255)
        #expect(domain.faults.isEmpty)
        #expect(card.sent.count == 1)
    }

    @Test(arguments: [
        ("A000000151000000", "A000000151000000"), ("A0000001510000", "A000000151000042"),
        ("A000000003000000", "A000000003000000"), ("A000000018434D00", "A000000018434D00"),
    ])
    func `a domain that is elsewhere is found`(selected: String, aid: String) throws {
        let information = "6F0A8408\(aid)9000"
        // The default selection is refused, another application, or answers nothing.
        for other in ["6A82", "6985", "6F098407D27600012401019000", "9000"] {
            let domain = try card(["": other, selected: information]).selectIssuerSecurityDomain()
            #expect(domain.aid == hex(aid))
            #expect(domain.origin == .knownAID)
        }
        // Without an answer, its AID is that by which it was selected.
        #expect(try card([selected: "9000"]).selectIssuerSecurityDomain().aid == hex(selected))
    }

    @Test func `another application remains where there is nothing else`() throws {
        let card = card(["": "6F098407D27600012401019000"])
        let domain = try card.selectIssuerSecurityDomain()
        #expect(domain.aid == hex("D2760001240101"))
        #expect(!domain.isSecurityDomain)
        // It is selected again: the failed attempts may have left nothing selected.
        #expect(card.sent.map(\.data.count) == [0, 8, 7, 8, 8, 0])
    }

    @Test func `a domain under an AID of its own is known by its data`() throws {
        let domain = try card(["": "6F0F8407D276000124FFFFA5049F6501F09000"]).selectIssuerSecurityDomain()
        #expect(domain.aid == hex("D276000124FFFF"))
        #expect(domain.isSecurityDomain && domain.origin == .defaultSelection)
    }

    @Test func `a locked card`() throws {
        let domain = try card(["": Self.information + "6283"]).selectIssuerSecurityDomain()
        #expect(domain.isCardLocked)
        #expect(domain.aid == SecurityDomainCard.aid)
        #expect(try card([:] as [String: String]).isRefused)
    }

    @Test(arguments: [
        // 6F too long, too short, far too short; 84 too long; A5 too long; the length in more bytes than needed.
        "6F208408A000000151000000A5049F6501FF", "6F0C8408A000000151000000A5049F6501FF",
        "6F028408A000000151000000A5049F6501FF", "6F10840CA000000151000000A5049F6501FF",
        "6F108408A000000151000000A5109F6501FF", "6F8200108408A000000151000000A5049F6501FF",
        "8408A000000151000000A5049F6501FF",
    ])
    func `information that lies about its lengths`(information: String) throws {
        for selected in ["", "A000000151000000"] {
            let domain = try card([selected: information + "9000"]).selectIssuerSecurityDomain()
            #expect(domain.aid == SecurityDomainCard.aid, "\(selected)")
        }
    }

    @Test func `the place of the lie is named`() throws {
        let faults = try card(["": "6F208408A000000151000000A5049F6501FF9000"]).selectSecurityDomain().faults
        #expect(faults == [DataFault(.truncated, "file control information", offset: 0)])
        #expect(faults.first?.detail == " (32 announced, 16 follow)")
    }

    @Test(arguments: [
        // Of 4 and of 17 bytes, of none, and one that is not the one selected.
        ("6F068404A0000001", "4 bytes, not 5 to 16"),
        ("6F138411A000000151000000000000000000000001", "17 bytes, not 5 to 16"), ("6F028400", "0 bytes, not 5 to 16"),
        ("6F098407D2760001240101", "D2760001240101, not A000000151000000"),
    ])
    func `an AID that is none, or another`(information: String, detail: String) throws {
        let domain = try card([hexadecimal(SecurityDomainCard.aid): information + "9000"])
            .selectSecurityDomain(SecurityDomainCard.aid)
        #expect(domain.aid == SecurityDomainCard.aid)
        #expect(domain.faults == [DataFault(.notAID, "file control information", offset: 2)])
        #expect(domain.faults.first?.circumstance == detail)
    }

    @Test func `no bytes break the reading`() throws {
        var random = SeededGenerator(seed: 13)
        for _ in 0..<3_000 {
            let card = AnsweredCard { _ in
                let start: [UInt8] = Bool.random(using: &random) ? [0x6F] : []
                return start + random.bytes(Int.random(in: 0...40, using: &random)) + [0x90, 0x00]
            }
            _ = try card.selectIssuerSecurityDomain()
        }
    }
}

extension AnsweredCard {
    /// Whether nothing can be selected, and the answer to the first attempt is thrown.
    fileprivate var isRefused: Bool {
        get throws {
            let error = #expect(throws: GlobalPlatformError.self) { try selectIssuerSecurityDomain() }
            return error?.code == .refused && error?.status == .notFound
        }
    }
}
