import CardCrypto
import Foundation
import GlobalPlatform
import ISO7816
import TestSupport
import Testing

@testable import vstore

/// What `gp list` and `gp info` show of cards that list in part, or have malformed data.
@Suite struct GPReportTests {
    /// An emulated card whose answers may be others: by P1-P2 of GET STATUS, by the tag of GET DATA, by the AID of SELECT.
    private func card(
        status: [UInt16: String] = [:], data: [UInt16: String] = [:], select: [String: String] = [:]
    ) throws -> InProcessChannel {
        let card = SecurityDomainCard(try KeySet.test(.aes))
        func answer(_ text: String?) -> ResponseAPDU? {
            text.flatMap { text in
                do { return try ResponseAPDU(hex(text)) } catch { return nil }
            }
        }
        card.answering = { command in
            let parameters = UInt16(command.p1) << 8 | UInt16(command.p2)
            return answer(status[parameters]) ?? ResponseAPDU(status: .referencedDataNotFound)
        }
        card.answeringOpenly = { command in
            if command.ins == 0xA4 { return answer(select[[UInt8](command.data).hexadecimal()]) }
            return answer(data[UInt16(command.p1) << 8 | UInt16(command.p2)])
        }
        return try InProcessChannel(card)
    }

    private func list(_ card: InProcessChannel) throws -> RegistryReport {
        let domain = try card.selectIssuerSecurityDomain()
        let channel = try card.openSecureChannel(KeySet.test(.aes), level: .all)
        return RegistryReport(domain: domain, listing: channel.registryListing())
    }

    private func info(_ card: InProcessChannel) throws -> IdentityReport {
        IdentityReport(domain: try card.selectIssuerSecurityDomain(), identity: try card.cardIdentity())
    }

    private func object(_ json: JSONValue) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data("\(json)".utf8)) as? [String: Any])
    }

    private static let domain = "E3134F08A0000001510000009F70010FC5039EFE80"
    private static let package = "E30C4F06A000000062019F700101"

    @Test func `a card that lists only without tags`() throws {
        let report = try list(
            card(status: [
                0x8002: "6A86", 0x8000: "08A0000001510000000F9E9000", 0x4000: "6A88",
                0x1000: "06A0000000620101000107A00000006201019000",
            ]))
        #expect(
            report.lines == [
                "kind                    AID               state    of",
                "issuer security domain  A000000151000000  SECURED  -",
                "package                 A00000006201      LOADED   -", "  module                A0000000620101",
            ])
        #expect(report.failure == nil)
        #expect(report.remarks.count == 1 && report.remarks[0].contains("P2=00"))
    }

    @Test func `packages without modules`() throws {
        let report = try list(
            card(status: [0x8002: Self.domain + "9000", 0x1002: "6A86", 0x2002: Self.package + "9000"]))
        #expect(report.lines.last == "package                 A00000006201      LOADED   -")
        #expect(report.failure == nil)
        #expect(
            report.remarks == [
                "Packages are listed without their modules (GET STATUS P1=20): the card refuses P1=10 "
                    + "(6A86: wrong parameters P1-P2)"
            ])
    }

    @Test func `what fails is named, and the exit status is 1`() throws {
        let report = try list(
            card(status: [
                0x8002: Self.domain + "9000", 0x4002: "E30B4F05A0000000019F7001079000", 0x1002: "6F02", 0x2002: "6F02",
            ]))
        #expect(report.lines.count == 3)
        let failure = try #require(report.failure)
        #expect(failure.status == .refused)
        #expect(
            failure.description.contains(
                "GET STATUS P1=10 (packages with modules): the card refuses (6F02: no precise diagnosis)"))
        let json = try object(report.json)
        #expect((json["entries"] as? [[String: Any]])?.count == 2)
        #expect(json["isComplete"] as? Bool == false)
        #expect((json["failures"] as? [[String: Any]])?.first?["statusWord"] as? String == "6F02")
        #expect((json["securityDomain"] as? [String: Any])?["aid"] as? String == "A000000151000000")
    }

    @Test func `a list that is cut`() throws {
        let report = try list(card(status: [0x8002: Self.domain + "9000", 0x4002: Self.package + "E30C4F05A09000"]))
        #expect(report.lines.count == 3)
        #expect(
            report.failure?.description.contains(
                "GET STATUS P1=40 (applications): the list is incomplete (registry, byte 14") == true)
    }

    @Test func `a locked card, and a domain that is elsewhere`() throws {
        let locked = try info(card(select: ["": "6F0A8408A0000001510000006283"]))
        #expect(
            locked.domain.notices == ["The card is locked: its life cycle state is CARD_LOCKED (SELECT answers 6283)."])
        #expect(locked.lines.contains("card life cycle           CARD_LOCKED"))
        #expect(try object(locked.json)["isCardLocked"] as? Bool == true)
        let elsewhere = try info(
            card(select: ["": "6A82", "A000000151000000": "6A82", "A0000001510000": "6A82", "A000000003000000": "9000"])
        )
        #expect(
            elsewhere.domain.notices == [
                "The issuer security domain is A000000003000000. It was found by a known AID, not by default selection."
            ])
        #expect(elsewhere.lines[1] == "security domain           A000000003000000")
        let other = try info(
            card(select: [
                "": "6F078405D2760001249000", "A000000151000000": "6A82", "A0000001510000": "6A82",
                "A000000003000000": "6A82", "A000000018434D00": "6A82",
            ]))
        #expect(other.domain.notices.first?.hasPrefix("No issuer security domain was found.") == true)
    }

    @Test func `production data, field by field`() throws {
        let report = try info(
            card(data: [
                0x9F7F: "9F7F2A47906A1582314176009661330000114A1424114261331143613311446133130B0000"
                    + "0000000000000000" + "9000",
                0x0042: "4204123456789000",
            ]))
        let lines = report.lines
        #expect(lines.contains { $0.hasPrefix("issuer number ") && $0.hasSuffix(" 12345678") })
        for (name, value) in [
            ("IC fabricator", "4790 (NXP)"), ("IC type", "6A15"), ("operating system identifier", "8231"),
            ("operating system release date", "4176 (day 176 of a year ending in 4)"),
            ("operating system release level", "0096"), ("IC serial number", "0000114A"),
            ("IC pre-personalization equipment identifier", "130B0000"), ("IC personalization date", "0000"),
        ] {
            #expect(lines.contains { $0.hasPrefix("  \(name) ") && $0.hasSuffix("  \(value)") }, "\(name)")
        }
        let json = try object(report.json)
        #expect(json["issuer"] as? String == "12345678")
        let production = try #require(json["production"] as? [String: Any])
        #expect(production["icFabricator"] as? String == "4790")
        #expect(production["operatingSystem"] as? String == "8231")
        let date = try #require(production["operatingSystemReleaseDate"] as? [String: Any])
        #expect(date["digits"] as? String == "4176")
        #expect(date["yearDigit"] as? Int == 4 && date["day"] as? Int == 176)
        #expect(report.failure == nil && report.identity.faults.isEmpty)
    }

    @Test func `capabilities and keys in words`() throws {
        let report = try info(
            card(data: [
                0x0067: "6716A00C8001038104001060708201078103DFFE80" + "8301029000",
                0x00E0: "E016C00401FF8010C0061170A103A080C0060130FF8800209000",
            ]))
        let lines = report.lines
        #expect(lines.contains { $0.hasPrefix("supports SCP03 ") })
        #expect(lines.contains { $0.hasPrefix("key 1, version 255 ") && $0.hasSuffix(" DES, 16 bytes") })
        #expect(
            lines.contains {
                $0.hasPrefix("key 17, version 112 ")
                    && $0.hasSuffix(" RSA public modulus+RSA public exponent, 3+128 bytes")
            })
        let json = try object(report.json)
        let keys = try #require(json["keys"] as? [[String: Any]])
        #expect(keys.map { $0["version"] as? Int } == [255, 112, 48])
        #expect(json["capabilities"] is [String: Any])
    }

    @Test func `what the card refuses is named`() throws {
        let report = try info(card(data: [0x9F7F: "6985"]))
        #expect(report.lines.contains { $0.hasPrefix("GlobalPlatform ") && $0.hasSuffix(" 2.3.1") })
        #expect(report.failure?.status == .refused)
        #expect(report.failure?.description.contains("GET DATA 9F7F: the card refuses (6985: ") == true)
    }
}
