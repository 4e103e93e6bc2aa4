import ISO7816
import Testing

/// `vstore gp list` with cards that list in part, or in their own way: what they list is shown, what fails is named.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct GPListThroughPCSCTests {
    private static let domain = "E3164F08A0000001510000009F70010FC5039EFE80CE0101"
    private static let application = "E3114F08A0000000620201019F700107C50100"
    private static let package = "E31A4F07A00000006201019F7001018408A000000062010101CE0101"
    private static let bare = "E30D4F07A00000006201019F700101"
    private static let all = ["A000000151000000", "A000000062020101", "A0000000620101"]

    private func list(
        _ bench: GPBench, _ status: [UInt16: [String]],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> GPBench.Run {
        try await bench.run(
            "list --test-key", with: DomainFaults(status: status), sourceLocation: sourceLocation)
    }

    @Test func `a card that lists only with P2=00`() async throws {
        try await GPBench.with { bench in
            for refusal in ["6A86", "6A80", "6A88", "6B00", "6700"] {
                let run = try await list(
                    bench,
                    [
                        0x8002: [refusal], 0x4002: [refusal], 0x1002: [refusal], 0x2002: [refusal],
                        0x8000: ["08A0000001510000000F9E9000"], 0x4000: ["08A00000006202010107009000"],
                        0x1000: ["07A000000062010101000108A0000000620101019000"],
                    ])
                #expect(run.status == 0 && run.error == nil, "\(refusal): \(run)")
                #expect(
                    run.lines == [
                        "kind                    AID               state       of",
                        "issuer security domain  A000000151000000  SECURED     -",
                        "application             A000000062020101  SELECTABLE  -",
                        "package                 A0000000620101    LOADED      -",
                        "  module                A000000062010101",
                    ], "\(refusal): \(run)")
                #expect(run.errors.hasPrefix("The card lists in the form without tags (GET STATUS P2=00)"), "\(run)")
                #expect(run.aids == Self.all && run.json["isComplete"] as? Bool == true)
                #expect(run.texts("remarks").count == 1 && run.failures.isEmpty)
                #expect(run.objects("entries").first?["privileges"] as? String == "9E")
                #expect(run.objects("entries").last?["modules"] as? [String] == ["A000000062010101"])
            }
            // One kind with tags, the next without.
            let mixed = try await list(
                bench,
                [
                    0x8002: [Self.domain + "9000"], 0x4002: ["6A86"], 0x4000: ["08A00000006202010107009000"],
                    0x1002: [Self.package + "9000"],
                ])
            #expect(mixed.status == 0 && mixed.aids == Self.all, "\(mixed)")
            #expect(mixed.objects("entries").last?["version"] as? String == "01")
        }
    }

    @Test func `a card that refuses packages with modules, or without`() async throws {
        try await GPBench.with { bench in
            let others = [0x8002: [Self.domain + "9000"], 0x4002: [Self.application + "9000"]] as [UInt16: [String]]
            for refusal in ["6A86", "6A80", "6A88"] {
                let run = try await list(
                    bench, others.merging([0x1002: [refusal], 0x2002: [Self.bare + "9000"]]) { $1 })
                #expect(run.status == 0 && run.aids == Self.all, "\(run)")
                #expect(run.lines.last == "package                 A0000000620101    LOADED      -")
                #expect(
                    run.errors.hasPrefix(
                        "Packages are listed without their modules (GET STATUS P1=20): the card refuses P1=10 (\(refusal): "
                    ), "\(run)")
                #expect(run.texts("remarks").count == 1 && run.json["isComplete"] as? Bool == true)
            }
            // Another refusal is a failure, although packages are listed.
            let refused = try await list(
                bench, others.merging([0x1002: ["6985"], 0x2002: [Self.bare + "9000"]]) { $1 })
            #expect(refused.status == 1 && refused.aids == Self.all && refused.statusWords == ["6985"], "\(refused)")
            // One that ends the secure channel, too: the rest is asked for in a new one.
            for status in ["6982", "6988"] {
                let ended = try await list(
                    bench, others.merging([0x1002: [status], 0x2002: [Self.bare + "9000"]]) { $1 })
                #expect(ended.status == 1 && ended.aids == Self.all && ended.statusWords == [status], "\(ended)")
            }
            // P1=20 is not asked where P1=10 lists.
            let usual = try await list(
                bench, others.merging([0x1002: [Self.package + "9000"], 0x2002: ["6F00"]]) { $1 })
            #expect(usual.status == 0 && usual.aids == Self.all && usual.errors.isEmpty, "\(usual)")
            // Both refused: both are named, and the rest is listed.
            let neither = try await list(bench, others.merging([0x1002: ["6A86"], 0x2002: ["6A80"]]) { $1 })
            #expect(neither.status == 1 && neither.aids == Array(Self.all.prefix(2)), "\(neither)")
            #expect(neither.statusWords == ["6A86", "6A80"])
            #expect(neither.errors.contains("GET STATUS P1=10 (packages with modules): the card refuses (6A86: "))
            #expect(neither.errors.contains("GET STATUS P1=20 (packages): the card refuses (6A80: "))
        }
    }

    @Test func `what fails after something was listed is named`() async throws {
        try await GPBench.with { bench in
            let good: [UInt16: [String]] = [
                0x8002: [Self.domain + "9000"], 0x4002: [Self.application + "9000"], 0x1002: [Self.package + "9000"],
            ]
            // 6F02 to packages, to applications, and to the domain itself.
            for (failing, shown, name) in [
                (0x1002, Self.all.prefix(2), "GET STATUS P1=10 (packages with modules)"),
                (0x4002, [Self.all[0], Self.all[2]], "GET STATUS P1=40 (applications)"),
                (0x8002, Self.all.suffix(2), "GET STATUS P1=80 (issuer security domain)"),
            ] as [(UInt16, ArraySlice<String>, String)] {
                // The other ends the secure channel.
                let ended = try await list(bench, good.merging([failing: ["6982"], 0x2002: ["6982"]]) { $1 })
                #expect(ended.status == 1 && ended.aids == Array(shown), "\(ended)")
                #expect(
                    Set(ended.statusWords) == ["6982"] && ended.errors.contains("\(name): the card refuses (6982: "))
                let run = try await list(bench, good.merging([failing: ["6F02"], 0x2002: ["6F02"]]) { $1 })
                #expect(run.status == 1 && run.aids == Array(shown), "\(run)")
                #expect(run.lines.count == shown.count + (failing == 0x1002 ? 1 : 2), "\(run)")
                #expect(run.errors.hasPrefix("The list is incomplete.\n\(name): the card refuses (6F02: "), "\(run)")
                #expect(Set(run.statusWords) == ["6F02"] && run.json["isComplete"] as? Bool == false)
                #expect(run.error?["kind"] as? String == "refused" && run.error?["status"] as? Int == 1)
                #expect((run.error?["message"] as? String)?.contains("6F02") == true)
            }
        }
    }

    @Test(arguments: [false, true]) func `a list in several answers`(isT0: Bool) async throws {
        func entry(_ number: UInt8) -> String { "E3114F08A0000000620200\([number].hexadecimal())9F700107C50100" }
        try await GPBench.with(isT0: isT0) { bench in
            func applications(_ first: String, _ further: [String]) async throws -> GPBench.Run {
                try await list(bench, [0x8002: [Self.domain + "9000"], 0x4002: [first], 0x4003: further])
            }
            let three = try await applications(entry(1) + "6310", [entry(2) + "6310", entry(3) + "9000"])
            #expect(three.status == 0 && three.aids.count == 4 && three.errors.isEmpty, "\(three)")
            // An entry goes on in the next answer.
            let split = try await applications(
                entry(1) + entry(2).prefix(16) + "6310", [entry(2).dropFirst(16) + entry(3) + "9000"])
            #expect(split.status == 0 && split.aids == three.aids, "\(split)")
            // The end is said by 6A88.
            let ended = try await applications(entry(1) + "6310", ["6A88"])
            #expect(ended.status == 0 && ended.aids.count == 2, "\(ended)")
            for (further, words, aids) in [
                ("6F02", "GET STATUS P1=40 (applications), after 1 entries: the card refuses (6F02: ", 2),
                (entry(1) + "6310", "GET STATUS P1=40 (applications): the card announces more entries and repeats", 2),
                ("6310", "GET STATUS P1=40 (applications): the list is incomplete (the card announces more after 1", 2),
                (entry(2) + "6281", "GET STATUS P1=40 (applications): the list is incomplete (6281: ", 3),
            ] {
                let run = try await applications(entry(1) + "6310", [further])
                #expect(run.status == 1 && run.aids.count == aids, "\(run)")
                #expect(run.errors.contains(words) && run.failures.first?.hasPrefix(words) == true, "\(run)")
            }
        }
    }

    @Test func `a list that is cut at 256 bytes`() async throws {
        // 40 entries of 21 bytes with tags, 40 of 11 without: the 13th and the 24th are cut.
        let tagged = (0..<40).map { "E3134F08A0000000620200\([UInt8($0)].hexadecimal())9F700107C503000000" }.joined()
        let bare = (0..<40).map { "08A0000000620200\([UInt8($0)].hexadecimal())0700" }.joined()
        try await GPBench.with { bench in
            for (form, text, count, place) in [
                (0x4002, tagged, 12, 252), (0x4000, bare, 23, 253),
            ] as [(UInt16, String, Int, Int)] {
                for length in [256, 254] where length > place {
                    let run = try await list(
                        bench,
                        [0x8002: [Self.domain + "9000"], 0x4002: ["6A86"]].merging(
                            [form: [text.prefix(2 * length) + "9000"]]) { $1 })
                    #expect(run.status == 1 && run.aids.count == count + 1, "\(length): \(run)")
                    let words = "GET STATUS P1=40 (applications): the list is incomplete (registry, byte \(place)"
                    #expect(run.errors.contains(words), "\(run)")
                    #expect(run.failures.count == 1 && run.failures.first?.hasPrefix(words) == true, "\(run)")
                    #expect(run.json["isComplete"] as? Bool == false)
                }
            }
            // Cut, with the announcement that it goes on: it is whole.
            let whole = try await list(
                bench,
                [
                    0x8002: [Self.domain + "9000"], 0x4002: [tagged.prefix(512) + "6310"],
                    0x4003: [tagged.dropFirst(512).prefix(512) + "6310", tagged.dropFirst(1024) + "9000"],
                ])
            #expect(whole.status == 0 && whole.aids.count == 41, "\(whole)")
        }
    }

    @Test func `entries with wrong lengths`() async throws {
        let good = "E30B4F05A0000000049F700107"
        try await GPBench.with { bench in
            for (wrong, aids) in [
                // The entry is too long and takes the next in; too short; without AID; with an AID that is too long;
                // stray bytes before it; and too long where the list ends.
                ("E3134F05A0000000019F700107" + good, ["A000000001", "A000000004"]),
                ("E30A4F05A0000000019F700107" + good, ["A000000001", "A000000004"]),
                ("E3049F700107" + good, ["A000000004"]), ("E30B4F0AA0000000019F700107" + good, ["A000000004"]),
                ("FFFF" + good, ["A000000004"]), (good + "E30F4F05A0000000019F700107", ["A000000004", "A000000001"]),
            ] {
                let run = try await list(bench, [0x8002: [Self.domain + "9000"], 0x4002: [wrong + "9000"]])
                #expect(run.status == 1 && run.aids == [Self.all[0]] + aids, "\(wrong): \(run)")
                let words =
                    "GET STATUS P1=40 (applications): the answer is not what GlobalPlatform says (registry, byte "
                #expect(run.errors.contains(words) && run.failures.first?.hasPrefix(words) == true, "\(run)")
            }
        }
    }

    @Test func `a card that is lost in the middle`() async throws {
        try await GPBench.with { bench in
            let run = try await bench.run(
                "list --test-key",
                with: DomainFaults(status: [0x8002: [Self.domain + "9000"]], isLostAt: 0x4002))
            #expect(run.status == 3 && run.aids == [Self.all[0]], "\(run)")
            #expect(run.lines.last == "issuer security domain  A000000151000000  SECURED  -")
            #expect(run.errors.contains("GET STATUS P1=40 (applications): the card gave no answer"), "\(run)")
            #expect(run.error?["kind"] as? String == "unreachable")
        }
    }
}
