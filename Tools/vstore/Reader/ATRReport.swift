import ISO7816

/// An answer to reset explained: for people as a table, for programs as one JSON object.
struct ATRReport {
    let bytes: [UInt8]
    /// What was read, or why it cannot be read.
    let parsed: Result<AnswerToReset, ATRError>
    /// The result from the list of known cards; nil where it was not used.
    let cards: ProbableCards?

    init(_ bytes: [UInt8], cards: ProbableCards? = nil) {
        self.bytes = bytes
        self.cards = cards
        do throws(ATRError) {
            parsed = .success(try AnswerToReset(incomplete: bytes))
        } catch {
            parsed = .failure(error)
        }
    }

    var lines: [String] {
        var lines = ["ATR: \(bytes.hexadecimal(separator: " "))"]
        switch parsed {
        case .failure(let error): lines.append("\(error)")
        case .success(let answer):
            var table = TextTable(["BYTE", "", "MEANING"])
            for byte in answer.explanation {
                table.add([byte.name, [byte.value].hexadecimal(), byte.meaning.first ?? ""])
                for more in byte.meaning.dropFirst() { table.add(["", "", more]) }
            }
            lines += table.lines
            let offered = answer.protocols.map { "T=\($0)" }.joined(separator: ", ")
            lines.append("Protocols: \(offered); T=\(answer.defaultProtocol) without negotiation")
            for problem in answer.problems { lines.append("Breaks the rules: \(problem)") }
        }
        return lines + (cards?.lines ?? [])
    }

    var members: [(name: String, value: JSONValue)] {
        var members: [(name: String, value: JSONValue)] = [("atr", .text(bytes.hexadecimal()))]
        switch parsed {
        case .failure(let error): members.append(("error", .error(error)))
        case .success(let answer): members += ATRReport.members(answer)
        }
        if let cards { members.append(("cards", cards.json)) }
        return members
    }

    private static func members(_ answer: AnswerToReset) -> [(name: String, value: JSONValue)] {
        let explained = answer.explanation
        return [
            ("convention", answer.convention == .direct ? "direct" : "inverse"),
            (
                "bytes",
                .list(
                    explained.map { byte in
                        [
                            "name": .text(byte.name), "value": .text([byte.value].hexadecimal()),
                            "meaning": .list(byte.meaning.map(JSONValue.text)),
                        ]
                    })
            ),
            ("protocols", .list(answer.protocols.map { .number(Int($0)) })),
            ("defaultProtocol", .number(Int(answer.defaultProtocol))),
            ("fi", number(answer.clockRateConversion?.integer)),
            ("di", number(answer.baudRateAdjustment)),
            ("maximumKilohertz", number(answer.clockRateConversion?.maximumFrequency)),
            ("bitsPerSecondAt4MHz", number(answer.bitRate(atKilohertz: 4_000))),
            ("extraGuardTime", .number(Int(answer.extraGuardTime))),
            ("waitingTimeInteger", .number(Int(answer.waitingTimeInteger))),
            ("informationFieldSize", .number(Int(answer.informationFieldSize))),
            ("characterWaitingInteger", .number(Int(answer.characterWaitingInteger))),
            ("blockWaitingInteger", .number(Int(answer.blockWaitingInteger))),
            ("historicalBytes", .text(Array(answer.historicalBytes).hexadecimal())),
            ("checkByte", answer.checkByte.map { .text([$0.value].hexadecimal()) } ?? .null),
            ("problems", .list(answer.problems.map { .text("\($0)") })),
        ]
    }

    private static func number(_ value: Int?) -> JSONValue { value.map(JSONValue.number) ?? .null }
}
