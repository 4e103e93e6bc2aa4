import Testing

/// `vstore gp info` and `gp keys` with cards whose data are malformed, refused or elsewhere: what can be read is shown, and
/// what is wrong is named.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct GPInfoThroughPCSCTests {
    private static let issuer = "A000000151000000"
    private static let production =
        "47906A1582314176009661330000114A1424114261331143613311446133130B00000000000000000000"

    private func info(
        _ bench: GPBench, data: [UInt16: String] = [:], select: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> GPBench.Run {
        try await bench.run("info", with: DomainFaults(data: data, select: select), sourceLocation: sourceLocation)
    }

    // MARK: Selection

    @Test(arguments: [false, true]) func `a locked card says so`(isT0: Bool) async throws {
        try await GPBench.with(isT0: isT0) { bench in
            // With file control information; without; and where only the known AID is found.
            for (select, found) in [
                (["": "6F108408A000000151000000A5049F6501FF6283"], "default-selection"),
                (["": "6283", Self.issuer: "6F0A8408A0000001510000006283"], "known-aid"),
                (["": "6A82", Self.issuer: "6283"], "known-aid"),
            ] {
                let run = try await info(bench, select: select)
                #expect(run.status == 0 && run.value("card life cycle") == "CARD_LOCKED", "\(run)")
                #expect(run.errors.contains("The card is locked: its life cycle state is CARD_LOCKED"), "\(run)")
                #expect(run.json["isCardLocked"] as? Bool == true)
                #expect(run.domain["aid"] as? String == Self.issuer && run.domain["foundBy"] as? String == found)
                #expect(run.json["version"] as? String == "2.3.1", "its data are shown all the same")
            }
            let locked = ["": "6F108408A000000151000000A5049F6501FF6283"]
            let keys = try await bench.run("keys", with: DomainFaults(select: locked))
            #expect(keys.status == 0 && keys.json["isCardLocked"] as? Bool == true && keys.objects("keys").count == 3)
            let list = try await bench.run(
                "list --test-key",
                with: DomainFaults(status: [0x8002: ["E3134F08A0000001510000009F70017FC5039EFE809000"]], select: locked)
            )
            #expect(list.status == 0 && list.lines.last == "issuer security domain  A000000151000000  CARD_LOCKED  -")
            #expect(list.json["isCardLocked"] as? Bool == true && list.errors.contains("The card is locked"))
            let usual = try await info(bench)
            #expect(usual.json["isCardLocked"] as? Bool == false && usual.value("card life cycle") == nil)
        }
    }

    @Test func `a domain that is elsewhere is found`() async throws {
        let refused = ["A000000151000000": "6A82", "A0000001510000": "6A82", "A000000003000000": "6A82"]
        try await GPBench.with { bench in
            for (selected, aid) in [
                ("A000000151000000", "A000000151000000"), ("A0000001510000", "A000000151000042"),
                ("A000000003000000", "A000000003000000"), ("A000000018434D00", "A000000018434D00"),
            ] {
                // The default selection is refused, another application, or answers nothing.
                for other in ["6A82", "6999", "6F098407D27600012401019000", "9000"] {
                    let run = try await info(
                        bench, select: refused.merging([selected: "6F0A8408\(aid)9000", "": other]) { $1 })
                    #expect(run.status == 0 && run.value("security domain") == aid, "\(run)")
                    #expect(run.errors.hasPrefix("The issuer security domain is \(aid). It was found by a known AID"))
                    #expect(run.domain["foundBy"] as? String == "known-aid" && run.domain["aid"] as? String == aid)
                    #expect(run.domain["isSecurityDomain"] as? Bool == true)
                }
            }
            let none = refused.merging(["A000000018434D00": "6A82"]) { $1 }
            // Another application, one without an AID, and nothing at all.
            let other = try await info(bench, select: none.merging(["": "6F098407D27600012401019000"]) { $1 })
            #expect(
                other.status == 0 && other.errors.contains("by default, D2760001240101, which may not be"), "\(other)")
            #expect(other.domain["isSecurityDomain"] as? Bool == false)
            let nameless = try await info(bench, select: none.merging(["": "9000"]) { $1 })
            #expect(nameless.errors.contains("by default, without an AID in its answer, which"), "\(nameless)")
            #expect(nameless.value("security domain") == "-" && nameless.domain["aid"] == nil)
            let nothing = try await info(bench, select: none.merging(["": "6A82"]) { $1 })
            #expect(nothing.status == 1 && nothing.lines.isEmpty && nothing.json.isEmpty, "\(nothing)")
            #expect(nothing.errors.contains("SELECT: the card refuses (6A82: "))
            #expect(nothing.error?["kind"] as? String == "refused")
        }
    }

    @Test func `file control information that lies`() async throws {
        try await GPBench.with { bench in
            for information in [
                // 6F too long, too short, far too short; 84 too long; A5 too long; an AID of 4 bytes, and of none.
                "6F208408A000000151000000A5049F6501FF", "6F0C8408A000000151000000A5049F6501FF",
                "6F028408A000000151000000A5049F6501FF", "6F10840CA000000151000000A5049F6501FF",
                "6F108408A000000151000000A5109F6501FF",
            ] {
                for line in ["info", "info --security-domain \(Self.issuer)"] {
                    let run = try await bench.run(
                        line, with: DomainFaults(select: ["": information + "9000", Self.issuer: information + "9000"]))
                    #expect(run.status == 0 && run.value("security domain") == Self.issuer, "\(information): \(run)")
                    #expect(run.errors.contains("file control information, byte "), "\(information): \(run)")
                    let named = run.domain["faults"] as? [String]
                    #expect(named?.first?.hasPrefix("file control information, byte ") == true, "\(run.domain)")
                    #expect(run.json["version"] as? String == "2.3.1")
                }
            }
            for (information, words) in [
                ("6F068404A0000001", "4 bytes, not 5 to 16"), ("6F028400", "0 bytes, not 5 to 16"),
                ("6F098407D2760001240101", "D2760001240101, not \(Self.issuer)"),
            ] {
                let run = try await bench.run(
                    "keys --security-domain \(Self.issuer)",
                    with: DomainFaults(select: [Self.issuer: information + "9000"]))
                #expect(run.status == 0 && run.domain["aid"] as? String == Self.issuer, "\(run)")
                #expect(run.errors.contains(words) && (run.domain["faults"] as? [String])?.count == 1, "\(run)")
                #expect(run.objects("keys").count == 3)
            }
            // Selected with another warning.
            for status in ["6281", "6285"] {
                let run = try await info(bench, select: ["": "6F108408A000000151000000A5049F6501FF" + status])
                #expect(run.status == 0 && run.value("security domain") == Self.issuer, "\(run)")
                #expect(run.errors.hasPrefix("SELECT answers with a warning (\(status): "), "\(run)")
                #expect(run.domain["warning"] as? String == status && run.json["isCardLocked"] as? Bool == false)
            }
            let honest = try await info(bench)
            #expect((honest.domain["faults"] as? [String])?.isEmpty == true && honest.errors.isEmpty, "\(honest)")
        }
    }

    // MARK: Data

    @Test func `production data and numbers are decoded`() async throws {
        try await GPBench.with { bench in
            for header in ["9F7F2A", ""] {
                let run = try await info(
                    bench,
                    data: [
                        0x9F7F: header + Self.production + "9000", 0x0042: "4204123456789000",
                        0x0045: "4506A1B2C3D4E5F69000",
                    ])
                #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
                for (name, value) in [
                    ("issuer number", "12345678"), ("card image number", "A1B2C3D4E5F6"),
                    ("production data", "42 bytes"), ("IC fabricator", "4790 (NXP)"), ("IC type", "6A15"),
                    ("operating system identifier", "8231"),
                    ("operating system release date", "4176 (day 176 of a year ending in 4)"),
                    ("IC serial number", "0000114A"), ("IC fabrication date", "6133 (day 133 of a year ending in 6)"),
                    ("IC personalization date", "0000"),
                ] {
                    #expect(run.value(name) == value, "\(name): \(run)")
                }
                #expect(run.json["issuer"] as? String == "12345678" && run.json["image"] as? String == "A1B2C3D4E5F6")
                let production = run.json["production"] as? [String: Any]
                #expect(production?["icFabricatorName"] as? String == "NXP")
                let date = production?["icFabricationDate"] as? [String: Any]
                #expect(date?["day"] as? Int == 133 && date?["yearDigit"] as? Int == 6)
            }
        }
    }

    @Test func `data with wrong lengths are shown as far as they go`() async throws {
        let card =
            "664C734A06072A864886FC6B01600C060A2A864886FC6B02020101630906072A864886FC6B03640B06092A864886FC6B040255"
        let rest = "650B06092B8510864864020103660C060A2B060104012A026E0102"
        try await GPBench.with { bench in
            for (tag, answer, name, value, fault) in [
                // Production data: too short, too long, with a length that lies, empty.
                (
                    0x9F7F, "9F7F0D" + Self.production.prefix(26), "IC type", "6A15",
                    "production life cycle data, byte 16"
                ),
                (0x9F7F, "9F7F2A" + Self.production + "0102", "IC type", "6A15", "production life cycle data, byte 2"),
                (
                    0x9F7F, "9F7F20" + Self.production, "IC batch identifier", "1424",
                    "production life cycle data, byte 2"
                ),
                (0x9F7F, "", "production data", "0 bytes", "production life cycle data, byte 0"),
                // Numbers with a length that lies.
                (0x0042, "420612345678", "issuer number", "12345678", "issuer identification number, byte 1"),
                (0x0045, "450901020304", "card image number", "01020304", "card image number, byte 1"),
                // Card data: 66, 73 and the last object with wrong lengths, and cut.
                (0x0066, "6650" + card.dropFirst(4) + rest, "GlobalPlatform", "2.1.1", "card data, byte 0"),
                (0x0066, "6620" + card.dropFirst(4) + rest, "GlobalPlatform", "2.1.1", "card data, byte 0"),
                (0x0066, "664C7350" + card.dropFirst(8) + rest, "secure channels", "SCP02 i=55", "card data, byte 2"),
                (0x0066, card, "secure channels", "SCP02 i=55", "card data, byte 0"),
                (0x0066, String(card.dropLast(8)), "GlobalPlatform", "2.1.1", "card data, byte 0"),
                // Capabilities: the template too short, a protocol without a number, half a cipher suite.
                (0x0067, "6705A00780010281021555", "supports SCP02", "i=15, 55", "card capability information, byte 0"),
                (0x0067, "6706A00481021555", "supports SCP?", "i=15, 55", "card capability information, byte 2"),
                (0x0067, "670AA008800181830300AEFF", "supports SCP81", "TLS cipher suites 00AE", "byte 7"),
                // Keys: a component without its length, one that is cut.
                (0x00E0, "E011C00301FF80C00402308810C0040330", "key 2, version 48", "AES, 16 bytes", "key information"),
                (
                    0x00E0, "E00EC00401FF8010C00402308810", "key 1, version 255", "DES, 16 bytes",
                    "key information, byte 0"
                ),
            ] as [(UInt16, String, String, String, String)] {
                let run = try await info(bench, data: [tag: answer + "9000"])
                #expect(run.status == 0 && run.value(name) == value, "\(answer): \(run)")
                #expect(run.errors.contains(fault), "\(answer): \(run.errors)")
                #expect(run.texts("faults").contains { $0.contains(fault) }, "\(answer): \(run.texts("faults"))")
                #expect(run.failures.isEmpty)
            }
        }
    }

    @Test(arguments: [false, true])
    func `what is refused, or comes with a warning, does not prevent the rest`(isT0: Bool) async throws {
        try await GPBench.with(isT0: isT0) { bench in
            for (tag, name) in [(0x0067, "0067"), (0x9F7F, "9F7F"), (0x0042, "0042")] as [(UInt16, String)] {
                for status in ["6985", "6982", "6F00"] {
                    let run = try await info(bench, data: [tag: status])
                    #expect(run.status == 1 && run.value("GlobalPlatform") == "2.3.1", "\(run)")
                    #expect(run.value("key 3, version 1") == "AES, 16 bytes")
                    let words = "GET DATA \(name): the card refuses (\(status): "
                    #expect(run.errors.contains(words) && run.failures.first?.hasPrefix(words) == true, "\(run)")
                    #expect(run.statusWords == [status])
                }
                // It does not have it: that is no failure.
                for status in ["6A88", "6D00", "6A86"] {
                    let run = try await info(bench, data: [tag: status])
                    #expect(run.status == 0 && run.errors.isEmpty && run.failures.isEmpty, "\(run)")
                }
            }
            let warned = try await info(
                bench, data: [0x9F7F: "9F7F2A" + Self.production + "6281", 0x00E0: "E006C00401FF8010" + "6282"])
            #expect(warned.status == 1 && warned.value("IC type") == "6A15", "\(warned)")
            #expect(warned.value("key 1, version 255") == "DES, 16 bytes")
            #expect(warned.errors.contains("GET DATA 9F7F: the card warns of the data that it gives (6281: "))
            #expect(warned.statusWords == ["6281", "6282"])
        }
    }

    @Test func `a card that is lost in the middle`() async throws {
        try await GPBench.with { bench in
            let run = try await bench.run(
                "info", with: DomainFaults(data: [0x0042: "4204123456789000"], isLostAt: 0x0045))
            #expect(run.status == 3 && run.value("issuer number") == "12345678", "\(run)")
            #expect(run.errors.contains("GET DATA 0045: the card gave no answer"), "\(run)")
            #expect(run.json["issuer"] as? String == "12345678" && run.failures.count == 1)
        }
    }

    // MARK: Keys

    @Test func `the keys in every form`() async throws {
        try await GPBench.with { bench in
            for (answer, rows) in [
                // The usual form; with several components; the extended form with usage and access; an RSA key of 256 bytes.
                ("E00CC00401FF8010C00402308810", ["255      1    DES   16", "48       2    AES   16"]),
                (
                    "E008C0061170A103A080",
                    ["112      17   RSA public modulus+RSA public exponent  3+128"]
                ),
                (
                    "E011C00F1170FFA10100FFA000030238000100",
                    ["112      17   RSA public modulus+RSA public exponent  256+3"]
                ),
                ("E006C0041271B041", ["113      18   EC public key  65"]),
                ("E006C00401024010", ["2        1    type 40  16"]),
                ("E000", []),
            ] {
                let run = try await bench.run("keys", with: DomainFaults(data: [0x00E0: answer + "9000"]))
                #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
                #expect(Array(run.lines.dropFirst()) == rows, "\(answer): \(run)")
                #expect(run.objects("keys").count == rows.count && run.texts("faults").isEmpty)
            }
        }
    }

    @Test func `keys that cannot be read whole`() async throws {
        try await GPBench.with { bench in
            for (answer, versions, fault) in [
                ("E00EC00401FF8010C00402308810", [255, 48], "key information, byte 0"),
                ("E006C00401FF8010C00402308810", [255, 48], "key information, byte 0"),
                ("E012C00301FF80C00402308810C0040330", [255, 48, 48], "key information"),
                ("E008C00401FF8010C100", [255], "key information, byte 8: an unexpected data object"),
                ("E009C00101C00402308810", [48], "a key without identifier and version"),
            ] as [(String, [Int], String)] {
                let run = try await bench.run("keys", with: DomainFaults(data: [0x00E0: answer + "9000"]))
                #expect(run.status == 0 && run.errors.contains(fault), "\(answer): \(run)")
                #expect(run.texts("faults").contains { $0.contains(fault) }, "\(answer): \(run.texts("faults"))")
                #expect(run.objects("keys").map { $0["version"] as? Int } == versions, "\(answer): \(run.lines)")
            }
            let warned = try await bench.run("keys", with: DomainFaults(data: [0x00E0: "E006C00401FF80106282"]))
            #expect(
                warned.status == 1 && warned.objects("keys").count == 1 && warned.statusWords == ["6282"], "\(warned)")
            #expect(warned.errors.contains("GET DATA 00E0: the card warns of the data that it gives (6282: "))
            let refused = try await bench.run("keys", with: DomainFaults(data: [0x00E0: "6985"]))
            #expect(refused.status == 1 && refused.json.isEmpty && refused.errors.contains("(6985: "), "\(refused)")
            let none = try await bench.run("keys", with: DomainFaults(data: [0x00E0: "6A88"]))
            #expect(none.status == 0 && none.objects("keys").isEmpty, "\(none)")
            #expect(none.errors.contains("gives no key information"))
        }
    }
}
