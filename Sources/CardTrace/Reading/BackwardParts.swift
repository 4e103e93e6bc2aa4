import ISO7816

/// Holds back what was read from a file, or written into it, while what stands before it there may still come: then it
/// may turn out to belong to a card number, or a track, whose beginning is read after its end.
///
/// A log is delivered a little later so, but its records stay in order, and at most ``maxCount`` wait. What goes on
/// forward is known to a ``TraceDecoder``, which masks it by its dictionary.
struct BackwardParts: Sendable {
    /// Bytes of a file in a record that is held.
    private struct Part: Sendable {
        /// The number of its record.
        let record: Int
        let isAnswer: Bool
        /// Where they begin in command or answer.
        let base: Int
        /// Where they are in the file.
        let range: Range<Int>
        let file: Place
    }

    /// The file that is current on a card's logical channel.
    private struct Place: Hashable {
        let reader: String
        let channel: UInt8
    }

    private struct File: Sendable {
        var known = FileParts()
        var chain = CommandChain()
        /// Of a command whose answer waits for GET RESPONSE, where the rest of it is in the file.
        var waiting: Int?
        /// The short identifier that a command named it by.
        var shortIdentifier: UInt8?
    }

    private var held: [TraceRecord] = []
    private var parts: [Part] = []
    private var files: [Place: File] = [:]

    /// How many records are held back at most.
    static let maxCount = 64

    /// Takes records, and returns those that need not wait.
    mutating func pass(_ records: [TraceRecord]) -> [TraceRecord] {
        var passed: [TraceRecord] = []
        passed.reserveCapacity(records.count)
        for record in records {
            held.append(record)
            switch record {
            case .card(let event): close { $0.reader == event.reader }
            case .exchange(let event): follow(event)
            }
            if held.count >= Self.maxCount || !isWaiting { passed += flush() }
        }
        return passed
    }

    /// The records that are still held.
    mutating func flush() -> [TraceRecord] {
        defer { (held, parts) = ([], []) }
        return held
    }

    /// Whether something may stand before a part that is not known yet.
    private var isWaiting: Bool {
        parts.contains { $0.range.lowerBound > 0 && files[$0.file]?.known.knows($0.range.lowerBound - 1) == false }
    }

    private mutating func follow(_ event: TraceEvent) {
        guard event.command.count >= 4, event.command.bytes[0] != 0xFF else { return }
        let header = Array(event.command.bytes[..<4])
        let place = Place(reader: event.reader, channel: ClassByte(header[0]).channel)
        var answer: (bytes: MaskedBytes, status: StatusWord)?
        if case .response(let bytes) = event.outcome {
            answer = (bytes, StatusWord(bytes.bytes[bytes.count - 2], bytes.bytes[bytes.count - 1]))
        }
        if header[1] == 0xA4 {
            if let answer, TraceDecoder.isDone(answer.status) { close { $0 == place } }
            return
        }
        let access = FileAccess(header)
        let isContinuing = header[1...] == [0xC0, 0x00, 0x00]
        guard isContinuing ? files[place]?.waiting != nil : access.map({ !$0.isRecord }) ?? false else {
            files[place]?.chain = CommandChain()
            return
        }
        let asked = access?.shortIdentifier
        if let asked, asked != files[place]?.shortIdentifier ?? asked { close { $0 == place } }
        // What is held once is not copied.
        var file = files.removeValue(forKey: place) ?? File()
        defer { files[place] = file }
        file.shortIdentifier = asked ?? file.shortIdentifier
        let before = file.chain.count(before: event.command)
        _ = file.chain.follow(event.command)
        if let access, access.isWriting {
            let data = CommandMatch.dataRange(of: event.command.bytes)
            add(event.command, data, isAnswer: false, at: access.offset + before, of: place, &file)
        } else if let answer, let start = isContinuing ? file.waiting : access?.offset {
            let data = 0..<(answer.bytes.count - 2)
            add(answer.bytes, data, isAnswer: true, at: start, of: place, &file)
            file.waiting = answer.status.bytesAvailable == nil ? nil : start + data.count
        }
    }

    /// Adds a part, and masks the numbers that go over its ends wherever they are held.
    private mutating func add(
        _ bytes: MaskedBytes, _ range: Range<Int>, isAnswer: Bool, at offset: Int, of place: Place, _ file: inout File
    ) {
        guard !range.isEmpty else { return }
        let whole = file.known.whole(bytes, range, at: offset)
        file.known.add(bytes, range, at: offset)
        parts.append(
            Part(
                record: held.count - 1, isAnswer: isAnswer, base: range.lowerBound,
                range: offset..<(offset + range.count), file: place))
        guard let whole else { return }
        // Of one that is all in another part, the tag or the length may be here.
        for number in SecretCommands.cardNumbers(in: whole.bytes.bytes) {
            let number = number.moved(by: offset - whole.part.lowerBound)
            for part in parts where part.file == place && part.range.overlaps(number) {
                let found = number.clamped(to: part.range).moved(by: part.base - part.range.lowerBound)
                held[part.record].mask(found, inAnswer: part.isAnswer)
            }
        }
    }

    /// Another file is current: nothing comes before the parts of the last one.
    private mutating func close(_ isMeant: (Place) -> Bool) {
        parts.removeAll { isMeant($0.file) }
        for place in files.keys.filter(isMeant) { files[place] = nil }
    }
}

extension TraceRecord {
    fileprivate mutating func mask(_ range: Range<Int>, inAnswer: Bool) {
        guard case .exchange(var event) = self else { return }
        if !inAnswer {
            event.command.mask(range)
        } else if case .response(var bytes) = event.outcome {
            bytes.mask(range)
            event.outcome = .response(bytes)
        }
        self = .exchange(event)
    }
}
