public import PowerLine

/// What the meter's end of a line must guarantee, whatever the line does; for implementations in a firmware or an area unit.
///
/// The end under test is driven by an `HDLCPrimary` over lines with errors, and by single frames:
///
/// ```swift
/// let conformance = MeterEndConformance(
///     MeterEndConformance.Subject { process in
///         let end = MyMeterEnd(element: process)
///         return { bytes in end.hear(bytes) }
///     })
/// var random = SystemRandomNumberGenerator()
/// try conformance.check(using: &random)
/// ```
public struct MeterEndConformance {
    /// The end under test.
    public struct Subject {
        /// Returns the element's answer to a command APDU; nil if there is none.
        public typealias Process = (_ command: [UInt8]) -> [UInt8]?
        /// Receives bytes from the line, and returns what is sent back.
        public typealias Hear = (_ bytes: [UInt8]) throws -> [UInt8]

        /// Its station on the line.
        public let station: HDLCServerAddress.Station
        /// The client that it answers.
        public let client: UInt8
        /// Makes an end in its state after a power cut: it has no connection.
        public let start: (_ process: @escaping Process) throws -> Hear

        /// - Parameters:
        ///   - station: its station on the line; `.unassigned` for the only meter of a line.
        ///   - client: the one that assigned its station; any where there is none.
        ///   - start: makes an end in its state after a power cut.
        public init(
            station: HDLCServerAddress.Station = .unassigned, client: UInt8 = 0x42,
            start: @escaping (_ process: @escaping Process) throws -> Hear
        ) {
            self.station = station
            self.client = client
            self.start = start
        }
    }

    /// A broken promise, in words.
    public struct Violation: Error, CustomStringConvertible {
        public let description: String
    }

    let subject: Subject

    public init(_ subject: Subject) { self.subject = subject }

    /// Checks all the promises.
    ///
    /// - Parameters:
    ///   - random: the source of the lines' faults.
    ///   - lines: the number of rough lines tried, with thirty commands each.
    /// - Throws: `Violation`, or what the subject throws.
    public func check(using random: inout some RandomNumberGenerator, lines: Int = 10) throws {
        for _ in 0..<lines { try commandsAreDoneOnce(seed: random.next()) }
        try repeatedFramesDoNothing()
        try anEndThatBeganAnewSaysSo()
        try silenceIsSaid()
        try longAnswersAreCut()
        try onlyItsOwnFramesAreAnswered()
    }

    /// Over a line that hits, loses and bursts, each command is executed once and gets its own answer.
    private func commandsAreDoneOnce(seed: UInt64) throws {
        var faults = SimulatedLine.Faults.bitErrors(5e-4)
        faults.burstRate = 0.001
        faults.loses = 0.1
        var run = try ConformanceRun(subject, faults, seed: seed)
        var count = 0
        for number in 0..<30 as Range<UInt8> {
            let command: [UInt8] =
                [0x80, 0x52, number, 0x7E, 0x7D] + [UInt8](repeating: number, count: Int(number) * 9)
            let outcome = try run.exchange(command)
            switch outcome {
            case .answered(let answer):
                try require(answer == TestedElement.answer(to: command), "command \(number) has its own answer")
                count += 1
                try require(run.element.commands.count == count, "command \(number) is done once")
            case .failed(.perhapsDone): count = run.element.commands.count
            default: try require(run.element.commands.count == count, "what was not sent is not done")
            }
        }
        try require(count >= 25, "most commands are answered")
    }

    private var address: HDLCServerAddress { HDLCServerAddress(.element, at: subject.station) }

    private func frame(
        _ control: HDLCControl, _ information: [UInt8] = [], client: UInt8? = nil, isSegmented: Bool = false
    ) -> HDLCFrame {
        HDLCFrame(
            .command, address, client: client ?? subject.client, control, isSegmented: isSegmented,
            information: information)
    }

    /// A command frame that comes again is not executed again; its answer is repeated until it is confirmed.
    private func repeatedFramesDoNothing() throws {
        var run = try ConformanceRun(subject, .none, seed: 1)
        try require(
            run.answers(to: frame(.setNormalResponseMode)).map(\.control) == [.unnumberedAcknowledgement],
            "a connection is made")
        let command = frame(.information(send: 0, receive: 0), [0xAA])
        _ = try run.answers(to: command)
        _ = try run.answers(to: command)
        let answer = TestedElement.answer(to: [0xAA])
        for _ in 0..<2 {
            let repeated = try run.answers(to: frame(.receiveReady(0)))
            try require(
                repeated.first?.control == .information(send: 0, receive: 1) && repeated.first?.information == answer,
                "an answer that is not confirmed is repeated")
        }
        try require(run.element.commands == [[0xAA]], "a command frame that comes again is not done again")
        try require(
            run.answers(to: frame(.receiveReady(1))).map(\.control) == [.receiveReady(1)],
            "an answer that is confirmed is not repeated")
        _ = try run.answers(to: frame(.information(send: 2, receive: 1), [0xBB]))
        try require(run.element.commands == [[0xAA]], "a frame out of sequence is not taken")
    }

    /// A power cut ends its connection, and it reports this.
    private func anEndThatBeganAnewSaysSo() throws {
        var run = try ConformanceRun(subject, .none, seed: 1)
        _ = try run.exchange([0xAA])
        try run.restart()
        try require(
            try run.exchange([0xBB]) == .failed(.notSent), "an end that began anew does not know the connection")
        _ = try run.exchange([0xCC])
        try require(run.element.commands == [[0xAA], [0xCC]], "a new connection serves")
    }

    /// An element that gives no answer.
    private func silenceIsSaid() throws {
        var run = try ConformanceRun(subject, .none, seed: 1)
        run.element.behaviour = .silent
        try require(try run.exchange([0xAA]) == .answered([]), "no answer is said")
        run.element.behaviour = .answers
        try require(
            try run.exchange([0xBB]) == .answered(TestedElement.answer(to: [0xBB])), "the next command is answered")
    }

    /// An answer that is longer than was agreed comes in segments, none longer; a command too.
    private func longAnswersAreCut() throws {
        var run = try ConformanceRun(subject, .none, seed: 1)
        run.element.behaviour = .long
        try require(try run.exchange([0xAA]) == .answered(TestedElement.long), "a long answer arrives")
        // Without parameters: 128 bytes, one frame at a time.
        _ = try run.answers(to: frame(.setNormalResponseMode))
        _ = try run.answers(
            to: frame(.information(send: 0, receive: 0), [0xBB], isSegmented: true))
        _ = try run.answers(to: frame(.information(send: 1, receive: 0), [0xCC]))
        try require(run.element.commands.last == [0xBB, 0xCC], "segments of a command are put together")
        var answer: [UInt8] = []
        for number in 0..<16 as Range<UInt8> {
            let frames = try run.answers(to: frame(.receiveReady(number & 7)))
            try require(frames.count == 1 && frames[0].isFinal, "one frame at a time")
            try require(frames[0].information.count <= 128, "no segment is longer than was agreed")
            answer += frames[0].information
            if !frames[0].isSegmented { break }
        }
        try require(answer == TestedElement.long, "all segments arrive")
    }

    /// Frames for other stations and devices, answers of others, and noise.
    private func onlyItsOwnFramesAreAnswered() throws {
        var run = try ConformanceRun(subject, .none, seed: 1)
        let other = HDLCServerAddress(.element, at: .number(0x55))
        let unknown = HDLCServerAddress(HDLCDevice(rawValue: 0x7C), at: subject.station)
        let all = HDLCServerAddress(.element, at: .all)
        for frame in [
            HDLCFrame(.command, other, client: subject.client, .setNormalResponseMode),
            HDLCFrame(.command, unknown, client: subject.client, .setNormalResponseMode),
            HDLCFrame(.command, all, client: subject.client, .setNormalResponseMode),
            HDLCFrame(.response, address, client: subject.client, .setNormalResponseMode),
        ] { try require(run.answers(to: frame).isEmpty, "\(frame) is not answered") }
        var spoilt = frame(.setNormalResponseMode).bytes
        spoilt[5] ^= 1
        try require(run.answers(to: spoilt).isEmpty, "a frame with a wrong check is not answered")
        try require(
            run.answers(to: frame(.information(send: 0, receive: 0), [1])).map(\.control) == [.disconnectedMode],
            "without a connection it says so")
        _ = try run.answers(to: frame(.setNormalResponseMode))
        let stolen = try run.answers(to: frame(.information(send: 0, receive: 0), [1], client: subject.client ^ 1))
        try require(
            stolen.allSatisfy { $0.control == .disconnectedMode }, "a connection is its client's alone")
        try require(run.element.commands.isEmpty, "nothing of it reaches the element")
    }

    private func require(_ condition: @autoclosure () throws -> Bool, _ promise: @autoclosure () -> String) throws {
        guard try condition() else { throw Violation(description: "not held: \(promise())") }
    }
}
