import PowerLine

/// An `HDLCPrimary` and the end under test on a simulated line, and an element behind that end.
struct ConformanceRun {
    let element = TestedElement()
    private(set) var primary: HDLCPrimary
    private let subject: MeterEndConformance.Subject
    private var hear: MeterEndConformance.Subject.Hear
    private var line: SimulatedLine
    private var now = Duration.zero

    init(_ subject: MeterEndConformance.Subject, _ faults: SimulatedLine.Faults, seed: UInt64) throws {
        self.subject = subject
        hear = try subject.start(element.process)
        line = SimulatedLine(bitRate: 9_600, faults: faults, seed: seed)
        line.isRecording = false
        primary = HDLCPrimary(
            HDLCServerAddress(.element, at: subject.station), client: subject.client,
            timing: HDLCTiming(bitRate: 9_600))
    }

    /// Cuts and restores power at the end under test.
    mutating func restart() throws { hear = try subject.start(element.process) }

    /// Sends a command, and lets time pass until its outcome is known, at most an hour.
    mutating func exchange(_ command: [UInt8]) throws -> HDLCPrimary.Outcome? {
        primary.exchange(command, at: now)
        let end = now + .seconds(3600)
        while primary.outcome == nil, now < end {
            primary.advance(to: now)
            line.send(primary.dequeueOutput(), from: 0, at: now)
            if let arrival = line.receive(by: primary.wake ?? end) {
                now = max(now, arrival.time)
                if arrival.ends.contains(0) { primary.receive(arrival.bytes, at: now) }
                if arrival.ends.contains(1) { line.send(try hear(arrival.bytes), from: 1, at: now) }
            } else {
                now = max(now, primary.wake ?? end)
            }
        }
        return primary.outcome
    }

    /// The answers of the end under test to single frames, without the line.
    mutating func answers(to frames: HDLCFrame...) throws -> [HDLCFrame] {
        var reader = HDLCFrameReader()
        return reader.feed(try hear(HDLCFrame.bytes(of: frames)))
    }

    /// The same, to bytes.
    func answers(to bytes: [UInt8]) throws -> [UInt8] { try hear(bytes) }
}

/// The element behind the end under test.
final class TestedElement {
    enum Behaviour { case answers, silent, long }

    var behaviour = Behaviour.answers
    /// The commands it received, in order.
    private(set) var commands: [[UInt8]] = []

    func process(_ command: [UInt8]) -> [UInt8]? {
        commands.append(command)
        return switch behaviour {
        case .answers: Self.answer(to: command)
        case .silent: nil
        case .long: Self.long
        }
    }

    static func answer(to command: [UInt8]) -> [UInt8] { command.reversed() + [0x90, 0x00] }
    static let long = [UInt8](repeating: 0x7E, count: 1_000) + [0x90, 0x00]
}
