import PowerLine
import ValueProtocol

/// A `LineRequester` and the end under test, a line in each direction between them, and time in milliseconds.
struct LinkRun<Random: RandomNumberGenerator> {
    let element = TestedElement()
    /// The source of the lines' faults.
    private(set) var random: Random
    private(set) var requester = LineRequester(MeterEndConformance.host, timeout: .milliseconds(20))
    private let subject: MeterEndConformance.Subject
    private var hear: MeterEndConformance.Subject.Hear
    private var there: LossyLine
    private var back: LossyLine
    private var now = 0

    init(_ subject: MeterEndConformance.Subject, _ faults: LineFaults, _ random: Random) throws {
        self.subject = subject
        self.random = random
        hear = try subject.start(element.process)
        there = LossyLine(faults)
        back = LossyLine(faults)
    }

    /// Cuts and restores power at the end under test.
    mutating func restart() throws { hear = try subject.start(element.process) }

    /// Opens a connection.
    ///
    /// - Returns: its number, as assigned by the end under test.
    @discardableResult
    mutating func open(_ nonce: UInt8) throws -> UInt32 {
        requester.open(nonce: [0, 0, 0, 0, 0, 0, 0, nonce], at: .milliseconds(now))
        return try settle().last { $0.kind == .opened }?.connection ?? 0
    }

    /// Sends a command and waits for its answer.
    mutating func ask(_ command: [UInt8]) throws {
        requester.request(command, at: .milliseconds(now))
        try settle()
    }

    /// The answer of the end under test to a single frame, without the lines.
    func answers(to frame: LineFrame) throws -> [LineFrame] {
        var reader = LineFrameReader()
        return reader.feed(try hear(frame.bytes))
    }

    /// Lets time pass until the requester no longer waits, at most 100 seconds.
    ///
    /// - Returns: the frames that arrived intact.
    @discardableResult
    private mutating func settle() throws -> [LineFrame] {
        var frames: [LineFrame] = []
        var reader = LineFrameReader()
        let end = now + 100_000
        while requester.state == .waiting, now < end {
            requester.advance(to: .milliseconds(now))
            let output = requester.dequeueOutput()
            if !output.isEmpty { there.send(output, at: now, using: &random) }
            now += 1
            for piece in there.receive(at: now) {
                let answer = try hear(piece)
                if !answer.isEmpty { back.send(answer, at: now, using: &random) }
            }
            for piece in back.receive(at: now) {
                frames += reader.feed(piece)
                requester.receive(piece)
            }
        }
        return frames
    }
}

/// The element behind the end under test.
final class TestedElement {
    enum Behaviour { case answers, silent, tooLong }

    var behaviour = Behaviour.answers
    /// The commands it received, in order.
    private(set) var commands: [[UInt8]] = []

    func process(_ command: [UInt8]) -> [UInt8]? {
        commands.append(command)
        return switch behaviour {
        case .answers: Self.answer(to: command)
        case .silent: nil
        case .tooLong: [UInt8](repeating: 0, count: LineFrame.maxPayloadLength + 1)
        }
    }

    static func answer(to command: [UInt8]) -> [UInt8] { command.reversed() + [0x90, 0x00] }
}
