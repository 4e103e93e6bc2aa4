import ContactInterface
import ISO7816

/// T=1: our reader with any card and our card with any reader finish within their limits, and over a line with faults
/// our two ends deliver a command once, or report an error.
enum T1Subject {
    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        var input = InputReader(bytes)
        switch input.byte() % 3 {
        case 0: try reader(&input)
        case 1: try card(&input)
        default: try bothEnds(&input)
        }
    }

    private static let answers: [AnswerToReset] = [(AnswerToReset.BlockCheck.lrc, 8), (.crc, 16), (.lrc, 254)]
        .compactMap {
            (check: AnswerToReset.BlockCheck, size: UInt8) -> AnswerToReset? in
            var builder = AnswerToReset.Builder(protocols: [1])
            builder.blockCheck = check
            builder.informationFieldSize = size
            builder.waitingIntegers = 0x13
            guard case .success(let answer) = Result(catching: { () throws(ATRError) in try builder.build() }) else {
                return nil
            }
            return answer
        }

    private static func parameters(_ choice: UInt8) throws(BrokenProperty) -> TransmissionParameters {
        try hold(answers.count == 3, "the answers to reset can be built")
        return TransmissionParameters(
            protocolNumber: 1, unit: .initial, answerToReset: answers[Int(choice) % answers.count])
    }

    /// Passes characters on, some of them unreadable, and waits as long as the input says.
    private struct Feed<End: TransmissionEngine> {
        var end: End
        var now = 0
        var steps = 0

        /// Takes what the end sends; nil where it sends nothing.
        mutating func sent() -> [UInt8]? {
            guard end.hasOutgoing else { return nil }
            let bytes = end.dequeueOutgoing()
            now += bytes.count * 12 * 372
            end.sent(edge: now)
            return bytes
        }

        mutating func deadline() -> Bool {
            guard let deadline = end.deadline else { return false }
            steps += 1
            now = max(now, deadline)
            end.timeReached(now)
            return true
        }

        mutating func receive(_ byte: UInt8?) {
            now += 12 * 372
            end.received(byte, edge: now)
        }
    }

    /// Blocks from the input: complete ones with their EDC, or raw bytes.
    private static func next(_ input: inout InputReader, _ check: AnswerToReset.BlockCheck) -> [UInt8?] {
        let choice = input.byte()
        if choice & 0xC0 == 0xC0 { return [nil] }
        let information = input.read(Int(choice & 0x0F))
        if choice & 0x20 != 0 { return information }
        let head = [choice & 0x10 == 0 ? 0 : 0x21, input.byte(), UInt8(information.count)]
        return head + information + check.code(of: (head + information)[...])
    }

    private static func reader(_ input: inout InputReader) throws(BrokenProperty) {
        let parameters = try parameters(input.byte())
        let check = parameters.answerToReset.blockCheck
        let settings = T1Settings(
            informationFieldSize: input.byte() & 1 == 0 ? nil : 254, timeout: 100_000_000, maxAnswerLength: 300)
        var feed = Feed(end: T1Reader(parameters, settings: settings))
        for _ in 0..<2 {
            let abortsAt = input.byte()
            var blocks: UInt8 = 0
            feed.steps = 0
            feed.end.exchange(input.read(Int(input.byte() & 0x1F)), at: feed.now)
            var result = feed.end.dequeueResult()
            while result == nil {
                if let bytes = feed.sent() {
                    try hold(T1Block(bytes, check) != nil, "a reader sends whole blocks")
                    blocks &+= 1
                    if blocks == abortsAt { feed.end.abort() }
                    for byte in input.isAtEnd ? [] : next(&input, check) { feed.receive(byte) }
                }
                let isGoing = feed.deadline() || feed.end.hasOutgoing
                result = feed.end.dequeueResult()
                try hold(isGoing || result != nil, "a reader that waits has a deadline")
                try hold(feed.steps < 4_096, "an exchange comes to an end")
            }
            if case .success(let answer) = result { try hold(answer.count <= 300, "answers keep to the limit") }
        }
    }

    private static func card(_ input: inout InputReader) throws(BrokenProperty) {
        let parameters = try parameters(input.byte())
        let check = parameters.answerToReset.blockCheck
        let announced = input.byte()
        let size: UInt8? = announced == 0 || announced == 255 ? nil : announced
        var feed = Feed(end: T1Card(parameters, announcedFieldSize: size, maxCommandLength: 64))
        while !input.isAtEnd, feed.steps < 96 {
            for byte in next(&input, check) { feed.receive(byte) }
            _ = feed.deadline()
            if let command = feed.end.dequeueCommand() {
                try hold(command.count <= 64, "commands keep to the limit")
                if input.byte() & 3 != 0 { feed.end.answer(command + StatusWord.success.bytes, at: feed.now) }
            }
            while let bytes = feed.sent() { try hold(T1Block(bytes, check) != nil, "a card sends whole blocks") }
        }
    }

    /// One level of a character is wrong, so that its parity is, or it is late; a character is lost or doubled, at most
    /// one per block, since two in one block may give another valid one.
    private static func faulty(_ transit: LineTransit, _ fault: UInt8, _ last: inout Int) -> [LineTransit] {
        var transit = transit
        switch fault & 7 {
        case 0:
            transit.character.levels ^= 1 << UInt16(fault >> 3 & 7)
            return [transit]
        case 1:
            transit.edge += Int(fault >> 3) * 1_000
            return [transit]
        case 2, 3:
            guard transit.number - last > 80 || last < 0 else { return [transit] }
            last = transit.number
            return fault & 7 == 2 ? [] : [transit, transit]
        default: return [transit]
        }
    }

    private static func bothEnds(_ input: inout InputReader) throws(BrokenProperty) {
        let answer = try parameters(1).answerToReset
        var configuration = InterfaceDevice.Configuration()
        configuration.t1 = T1Settings(informationFieldSize: 32)
        var line = CharacterLine(reader: InterfaceDevice(configuration), card: CardTransceiver(answer))
        line.card.reset(at: line.now)
        line.reader.reset(at: line.now)
        let count = Int(input.byte() & 0x1F)
        // Not the input itself: a fuzzer would put blocks into blocks.
        let seed = input.byte()
        let command = (0..<count + 4).map { UInt8(truncatingIfNeeded: ($0 &+ Int(seed)) &* 167 >> 3) }
        let faults = input.rest()
        var processed: [[UInt8]] = []
        var result: Result<[UInt8], TransmissionError>?
        var (lastOfReader, lastOfCard, begun) = (-1, -1, 0)
        while result == nil {
            try hold(line.step(), "the line has something to do until the end")
            if let command = line.card.dequeueCommand() {
                processed.append(command)
                line.card.answer(Array(command.reversed()) + StatusWord.success.bytes, at: line.now)
            }
            switch line.reader.dequeueEvent() {
            case .ready:
                begun = line.sent.reader + line.sent.card
                line.disturbance = { transit in
                    let offset = transit.number + (transit.sender == .reader ? 0 : 1)
                    guard offset < faults.count * 4, offset % 4 == Int(faults[offset / 4]) >> 6 else {
                        return [transit]
                    }
                    return transit.sender == .reader
                        ? faulty(transit, faults[offset / 4], &lastOfReader)
                        : faulty(transit, faults[offset / 4], &lastOfCard)
                }
                line.reader.exchange(command, at: line.now)
            case .exchanged(let end): result = end
            case .failed: try hold(false, "a line without faults is made ready")
            case .resetWanted, nil: break
            }
            try hold(line.sent.reader + line.sent.card - begun < 20_000, "an exchange comes to an end")
        }
        try hold(processed.count <= 1, "a command is given to the card once")
        try hold(processed.allSatisfy { $0 == command }, "what the card gets is what went in")
        if case .success(let answer) = result {
            try hold(processed.count == 1, "an answer is one to the command")
            try hold(
                answer == Array(command.reversed()) + StatusWord.success.bytes, "what comes back is what the card said")
        }
    }
}
