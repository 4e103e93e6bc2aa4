import CardTrace
import ISO7816
import TestSupport
import Testing

@Suite struct TraceFileTests {
    /// Records of all kinds, generated from a seed.
    static func records(_ count: Int, seed: UInt64) throws -> [TraceRecord] {
        var random = SeededGenerator(seed: seed)
        let cards: [[UInt8]] = [[0x3B, 0x80, 0x80, 0x01, 0x01], [0x3B, 0x00]]
        var records: [TraceRecord] = []
        var time: Int64 = 1_700_000_000_000_000
        for _ in 0..<count {
            time += Int64(random.next() % 10_000_000)
            let reader = ["Reader 00", "ACS \"ACR\" 38 ñ", "x"][Int(random.next() % 3)]
            let sender: TraceSender? = [nil, TraceSender("desk"), TraceSender("opensc tool", process: 4711)][
                Int(random.next() % 3)]
            if random.next() % 6 == 0 {
                let kind = TraceCardEvent.Kind.allCases[Int(random.next() % 4)]
                let answer = kind == .removed || random.next() % 4 == 0 ? [] : cards[Int(random.next() % 2)]
                records.append(
                    .card(
                        TraceCardEvent(time: time, reader: reader, kind: kind, answerToReset: answer, sender: sender)))
                continue
            }
            let ins = [0xA4, 0xB0, 0x20, 0xCA, 0xD6, 0x24][Int(random.next() % 6)] as UInt8
            let data = (0..<(random.next() % 300)).map { _ in UInt8.random(in: 0...255, using: &random) }
            let command = try CommandAPDU(
                cla: 0, ins: ins, p1: 0, p2: UInt8(random.next() % 3), data: data,
                expectedLength: random.next() % 2 == 0 ? nil : 256)
            let answer = (0..<(random.next() % 260)).map { _ in UInt8.random(in: 0...255, using: &random) }
            var response = MaskedBytes(answer + StatusWord.success.bytes)
            // As with a dictionary that marks data of a card as secret.
            if random.next() % 4 == 0 { response.mask(answer.count / 3..<answer.count / 2) }
            let failed = random.next() % 8 == 0
            records.append(
                .exchange(
                    TraceEvent(
                        time: time, reader: reader, command: MaskedBytes(command.bytes),
                        outcome: failed ? .failure(CardError(.cardRemoved, subject: reader)) : .response(response),
                        duration: .nanoseconds(Int64(random.next() % 9_000_000)), sender: sender,
                        // Usually the events identify the card, but an exchange may have its own answer to reset.
                        answerToReset: random.next() % 5 == 0 ? cards[Int(random.next() % 2)] : [])))
        }
        return records
    }

    static func file(_ format: TraceFormat, _ records: [TraceRecord]) throws -> [UInt8] {
        var writer = TraceWriter(format, try APDUDictionary())
        return records.reduce(writer.start()) { $0 + writer.write($1) }
    }

    /// Every format has the card of an exchange, though only card events contain it.
    @Test func `an exchange has the answer to reset of its card`() throws {
        func exchange(_ time: Int64, _ answerToReset: [UInt8] = []) -> TraceRecord {
            .exchange(
                TraceEvent(
                    time: time, reader: "R", command: [0x00, 0x84, 0x00, 0x00, 0x08],
                    outcome: .success(ResponseAPDU(status: .success)), duration: .nanoseconds(1234),
                    answerToReset: answerToReset))
        }
        func event(_ kind: TraceCardEvent.Kind, _ answer: [UInt8] = []) -> TraceRecord {
            .card(TraceCardEvent(time: 1, reader: "R", kind: kind, answerToReset: answer))
        }
        let (one, other): ([UInt8], [UInt8]) = ([0x3B, 0x00], [0x3B, 0x01, 0x77])
        let records = [
            exchange(1), event(.inserted, one), exchange(2), event(.reset), exchange(3), event(.poweredOff),
            exchange(4), event(.removed), exchange(5), exchange(6, other), exchange(7), event(.inserted), exchange(8),
        ]
        let expected = [[], one, one, one, [], other, other, []]
        for format in [TraceFormat.json, .pcapng, .gsmtap] {
            let read = try TraceReader.records(in: Self.file(format, records), file: "t")
            let answers = read.compactMap { if case .exchange(let event) = $0 { event.answerToReset } else { nil } }
            #expect(answers == expected, "\(format)")
            let durations = read.compactMap { if case .exchange(let event) = $0 { event.duration } else { nil } }
            #expect(durations == Array(repeating: .nanoseconds(1234), count: 8), "\(format)")
        }
        let lines = String(decoding: try Self.file(.json, records), as: UTF8.self).split(separator: "\n")
        #expect(lines[3].contains(#""reader":"R","atr":"3B00","microseconds":1.234"#))
        let text = String(decoding: try Self.file(.text, records), as: UTF8.self).split(separator: "\n")
        #expect(text[0] == "# R, 1970-01-01T00:00:00.000001Z")
        #expect(
            text.filter { $0.hasPrefix("*") }.map(String.init) == [
                "* inserted  3B 00", "* reset", "* powered off", "* removed", "* card  3B 01 77", "* inserted",
            ])
    }

    @Test(arguments: [TraceFormat.json, .pcapng, .gsmtap], 1...16)
    func `what is written is read back equal`(format: TraceFormat, seed: Int) throws {
        var decoders = TraceDecoders(try APDUDictionary())
        let records = try Self.records(60, seed: UInt64(seed)).map { decoders.decode($0).record }
        let file = try Self.file(format, records)
        let all = try TraceReader.records(in: file, file: "t")
        let different = zip(all, records).first { $0 != $1 }
        #expect(all == records, "\(different.map { "\($0)" } ?? "")")
        // Also in pieces.
        var reader = TraceReader(file: "t")
        var read: [TraceRecord] = []
        var rest = file[...]
        while !rest.isEmpty {
            read += try reader.feed(rest.prefix(97))
            rest = rest.dropFirst(97)
        }
        #expect(try read + reader.finish() == records)
    }

    @Test(arguments: [TraceFormat.json, .pcapng, .gsmtap])
    func `a failure is read back with its time and its reader, whatever the reader's name`(
        format: TraceFormat
    ) throws {
        struct Cause: Error, CustomStringConvertible { let description = "SCardTransmit: 80100069" }
        for subject in ["R", "Slot 1 | left", "a|b", "", " | "] {
            for error in [CardError(.cardRemoved, subject: subject), .init(.noCard, subject: subject, cause: Cause())] {
                let event = TraceEvent(
                    time: 1, reader: "R", command: [0x00, 0x84, 0x00, 0x00, 0x08], outcome: .failure(error),
                    duration: .nanoseconds(1234))
                let file = try Self.file(format, [.exchange(event)])
                let written = String(decoding: file, as: UTF8.self)
                #expect(written.contains("SCardTransmit: 80100069") == (error.cause != nil))
                guard case .exchange(let read) = try TraceReader.records(in: file, file: "t").first,
                    case .failure(let found) = read.outcome
                else {
                    Issue.record("no failure")
                    continue
                }
                #expect(found.code == error.code && found.subject == subject && read.duration == event.duration)
                #expect(found.cause.map { "\($0)" } == error.cause.map { "\($0)" })
            }
        }
    }

    @Test func `a masked trace is not taken for the real bytes`() throws {
        let pin: [UInt8] = Array("1234".utf8)
        let event = TraceEvent(
            time: 1, reader: "R", command: [0x00, 0x20, 0x00, 0x01, 0x04] + pin,
            outcome: .success(ResponseAPDU(status: .success)), duration: .nanoseconds(1))
        let json = String(decoding: try Self.file(.json, [.exchange(event)]), as: UTF8.self)
        #expect(json.contains(#""bytes":"0020000104••••••••""#))
        let capture = try Self.file(.pcapng, [.exchange(event)])
        let text = String(decoding: capture, as: UTF8.self)
        #expect(text.contains("masked, not real: bytes 5-8"))
        guard case .exchange(let read) = try TraceReader.records(in: capture, file: "t")[0] else {
            Issue.record("no exchange")
            return
        }
        #expect(read.command.maskedRanges == [5..<9])
        #expect(read == event)
    }

    /// The last line may be shorter than the magic number of a binary file, which may also occur within a text.
    @Test(arguments: ["#h\n00\n", "#\n\n\r\r\n00\n", "\n\r\n00", "00"], 1...9)
    func `lines end the same however the file is cut`(file: String, piece: Int) throws {
        // The line is too short for an APDU, which is found wherever the file is cut.
        var reader = TraceReader(file: "t")
        var rest = Array(file.utf8)[...]
        var read: [TraceRecord] = []
        while !rest.isEmpty {
            read += try reader.feed(rest.prefix(piece))
            rest = rest.dropFirst(piece)
        }
        #expect(try read + reader.finish() == [])
        // A line of carriage returns alone is an empty one.
        #expect(reader.report.skipped.count == 1)
    }

    @Test func `a newer version is refused and headers can be missing`() throws {
        let error = #expect(throws: TraceFileError.self) {
            try TraceReader.records(in: #"{"trace":"vstore","version":\#(TraceJSON.version + 1)}"#.utf8, file: "t")
        }
        #expect(error?.code == .newerVersion)
        let lines = String(decoding: try Self.file(.json, Self.records(5, seed: 3)), as: UTF8.self)
        let bare = lines.split(separator: "\n").dropFirst().joined(separator: "\n")
        #expect(try TraceReader.records(in: bare.utf8, file: "t").count == 5)
    }

    @Test func `a wrong line is named and the others are read`() throws {
        let lines = String(decoding: try Self.file(.json, Self.records(3, seed: 3)), as: UTF8.self)
        for wrong in ["{", #"{"time":"x"}"#, #"{"time":"2026-01-01T00:00:00Z","reader":"R","command":{"bytes":"0G"}}"#]
        {
            var reader = TraceReader(file: "t")
            let records = try reader.feed((lines + wrong + "\n" + lines).utf8) + reader.finish()
            #expect(records.count == 6)
            #expect(reader.report.skipped.count == 1)
            #expect(reader.report.skipped.first.map(\.code) == [.malformedLine])
            #expect(reader.report.skipped.first.map(\.subject) == ["t, line 5"])
        }
    }

    /// A remark that the program wrote about the log from which it made the trace.
    @Test func `notes in a trace are no events`() throws {
        let lines = String(decoding: try Self.file(.json, Self.records(3, seed: 3)), as: UTF8.self)
        let note = #"{"note":"unsure","file":"a.txt","count":1,"lines":[2]}"#
        var reader = TraceReader(file: "t")
        #expect(try (reader.feed((lines + note).utf8) + reader.finish()).count == 3)
        #expect(reader.report.skipped.count == 0)
    }

    @Test func `forms are chosen by the name`() {
        #expect(TraceFormat(path: "/tmp/a.b/demo.pcapng") == .pcapng)
        #expect(TraceFormat(path: "demo.TXT") == .text)
        #expect(TraceFormat(path: "demo.jsonl") == .json)
        #expect(TraceFormat(path: "a.pcapng/demo") == .json)
    }

    @Test func `senders are read back from their description`() throws {
        let senders = [TraceSender("a"), TraceSender("a (b)", process: 3), TraceSender("(12)"), TraceSender("x (y)")]
        for sender in senders {
            let event = TraceCardEvent(time: 1_000_000, reader: "R", kind: .reset, sender: sender)
            #expect(try TraceReader.records(in: Self.file(.pcapng, [.card(event)]), file: "t") == [.card(event)])
        }
    }
}
