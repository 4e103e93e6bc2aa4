import PowerLine
public import ValueProtocol

/// What the meter's end of a link must guarantee, whatever the line does; for implementations in a firmware or an area
/// unit.
///
/// The end under test is driven by a `LineRequester` over two lossy lines, and by single frames:
///
/// ```swift
/// let conformance = MeterEndConformance(
///     MeterEndConformance.Subject(id: meter) { process in
///         let end = MyMeterEnd(meter, element: process)
///         return { bytes in end.hear(bytes) }
///     })
/// var random = SystemRandomNumberGenerator()
/// try conformance.check(using: &random)
/// ```
public struct MeterEndConformance {
    /// The end under test.
    public struct Subject {
        /// Returns the element's answer to a command APDU, as `LineResponder` requests it; nil if there is none.
        public typealias Process = (_ command: [UInt8]) -> [UInt8]?
        /// Receives bytes from the line, and returns what is sent back.
        public typealias Hear = (_ bytes: [UInt8]) throws -> [UInt8]

        /// Whose line it is.
        public let id: PartyID
        /// Makes an end in its state after a power cut: it knows no connection.
        public let start: (_ process: @escaping Process) throws -> Hear

        public init(id: PartyID, start: @escaping (_ process: @escaping Process) throws -> Hear) {
            self.id = id
            self.start = start
        }
    }

    /// A broken promise, in words.
    public struct Violation: Error, CustomStringConvertible {
        public let description: String
    }

    static let host = PartyID(issuer: 0x00A1_B2C3, kind: .host, number: 1)
    static let otherHost = PartyID(issuer: 0x00A1_B2C3, kind: .host, number: 2)
    let subject: Subject

    public init(_ subject: Subject) { self.subject = subject }

    /// Checks all the promises.
    ///
    /// - Parameters:
    ///   - random: the source of the lines' faults.
    ///   - lines: the number of rough lines tried, with a hundred requests each.
    /// - Throws: `Violation`, or what the subject throws.
    public func check(using random: inout some RandomNumberGenerator, lines: Int = 20) throws {
        for _ in 0..<lines { try requestsAreDoneOnce(&random) }
        try lateFramesDoNothing(random)
        try anEndThatBeganAnewSaysSo(random)
        try silenceIsSaid(random)
        try onlyItsOwnFramesAreAnswered(random)
    }

    /// Over a line with every kind of fault, each request is executed once and gets its own answer.
    private func requestsAreDoneOnce(_ random: inout some RandomNumberGenerator) throws {
        var run = try LinkRun(subject, .rough, random)
        defer { random = run.random }
        try run.open(1)
        var sent: [[UInt8]] = []
        for number in 0..<100 as Range<UInt8> {
            let command: [UInt8] = [0x80, 0x52, number, 0x7E, 0x7D]
            sent.append(command)
            try run.ask(command)
            try require(
                run.requester.state == .answered(TestedElement.answer(to: command)),
                "request \(number) has its own answer")
            try require(run.element.commands == sent, "request \(number) is done once")
            // A new connection in between, as after a host's restart.
            if number % 25 == 24 { try run.open(number) }
        }
    }

    /// Late frames of an earlier connection are not executed again, and end nothing.
    private func lateFramesDoNothing(_ random: some RandomNumberGenerator) throws {
        var run = try LinkRun(subject, .none, random)
        let number = try run.open(1)
        let request = LineFrame(
            .request, from: Self.host, to: subject.id, connection: number, sequence: 1, [0xAA])
        try run.ask([0xAA])
        try run.open(2)
        try run.ask([0xBB])
        try require(run.answers(to: request).map(\.kind) == [.unknown], "a late request of an earlier connection")
        let open = LineFrame(.open, from: Self.host, to: .none, [9, 9, 9, 9, 9, 9, 9, 9])
        try require(run.answers(to: open).map(\.kind) == [.opened], "a late open is answered")
        try run.ask([0xCC])
        try require(run.requester.state == .answered(TestedElement.answer(to: [0xCC])), "a late open ends nothing")
        try require(run.element.commands == [[0xAA], [0xBB], [0xCC]], "a late request is not done again")
    }

    /// A power cut ends its connections, and it reports this.
    private func anEndThatBeganAnewSaysSo(_ random: some RandomNumberGenerator) throws {
        var run = try LinkRun(subject, .none, random)
        try run.open(1)
        try run.ask([0xAA])
        try run.restart()
        try run.ask([0xBB])
        try require(run.requester.state == .unknown, "an end that began anew does not know the connection")
        try run.open(2)
        try run.ask([0xCC])
        try require(run.element.commands == [[0xAA], [0xCC]], "a new connection serves")
    }

    /// An element that gives no answer, or one that does not fit a frame.
    private func silenceIsSaid(_ random: some RandomNumberGenerator) throws {
        var run = try LinkRun(subject, .none, random)
        let number = try run.open(1)
        func request(_ sequence: UInt32) -> LineFrame {
            LineFrame(.request, from: Self.host, to: subject.id, connection: number, sequence: sequence, [1])
        }
        run.element.behaviour = .silent
        try require(run.answers(to: request(1)).map(\.kind) == [.silent], "no answer is said")
        run.element.behaviour = .tooLong
        try require(run.answers(to: request(2)).map(\.kind) == [.silent], "an answer that does not fit is said")
        run.element.behaviour = .answers
        try require(run.answers(to: request(3)).map(\.kind) == [.response], "the next request is answered")
        try require(run.answers(to: request(2)).isEmpty, "a number that is past is not answered")
    }

    /// Frames for other parties, without a sender, and of kinds that only a host receives.
    private func onlyItsOwnFramesAreAnswered(_ random: some RandomNumberGenerator) throws {
        var run = try LinkRun(subject, .none, random)
        let nonce: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        let other = PartyID(issuer: 1, kind: .electricMeter, number: 2)
        for frame in [
            LineFrame(.open, from: Self.host, to: other, nonce), LineFrame(.open, from: .none, to: subject.id, nonce),
            LineFrame(.open, from: Self.host, to: subject.id, [1]),
            LineFrame(.response, from: Self.host, to: subject.id, connection: 5, sequence: 1),
        ] { try require(run.answers(to: frame).isEmpty, "\(frame) is not answered") }
        let number = try run.open(1)
        let stolen = LineFrame(
            .request, from: Self.otherHost, to: subject.id, connection: number, sequence: 1, [1])
        try require(run.answers(to: stolen).map(\.kind) == [.unknown], "a connection is its host's alone")
        try require(run.element.commands.isEmpty, "nothing of it reaches the element")
    }

    private func require(_ condition: Bool, _ promise: @autoclosure () -> String) throws {
        guard condition else { throw Violation(description: "not held: \(promise())") }
    }
}
