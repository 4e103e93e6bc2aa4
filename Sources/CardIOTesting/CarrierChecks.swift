import ISO7816
import Synchronization

/// Lengths around the limits of the extended form.
private let extendedLengths = [256, 257, 258, 1_000, 4_096, 32_767, 32_768, 65_533, 65_534, 65_535]

func require(_ isRight: Bool, _ check: CarrierConformance.Check, _ detail: @autoclosure () -> String) throws {
    if !isRight { throw ConformanceFailure(check: check, detail: detail()) }
}

func checkCommandLengths(
    _ channel: any CardChannel, _ card: ReferenceCard, _ maxCommandLength: Int, _ maxAnswerLength: Int
) throws {
    func send(_ command: CommandAPDU) throws {
        // Only the status word is returned, so that answer lengths do not limit command lengths.
        let answer = try channel.transmit(command)
        let arrived = card.lastCommand
        try require(
            arrived == command.bytes, .commandLengths,
            "a command of case \(command.form.rawValue) with \(command.bytes.count) bytes arrived as \(arrived.count)")
        try require(answer.bytes == [0x90, 0x00], .commandLengths, "its answer has \(answer.bytes.count) bytes")
    }
    func command(_ count: Int, le: Int?, extended: Bool = false) throws -> CommandAPDU {
        let data = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) }
        return try CommandAPDU(
            cla: 0x80, ins: 0x12, p1: 0x90, p2: 0x00, data: data, expectedLength: le, extended: extended)
    }
    for count in 0...255 {
        try send(command(count, le: nil))
        try send(command(count, le: 256))
    }
    for count in extendedLengths {
        for le in [nil, 65_536] {
            let long = try command(count, le: le)
            if long.bytes.count <= maxCommandLength { try send(long) }
        }
    }
    try send(command(0, le: 65_536))
    try send(command(1, le: 1, extended: true))
}

func checkAnswerLengths(_ channel: any CardChannel, _ maxAnswerLength: Int) throws {
    for count in Array(0...255) + extendedLengths where count <= maxAnswerLength {
        let command = try CommandAPDU(
            cla: 0x80, ins: 0x11, p1: UInt8(count >> 8), p2: UInt8(count & 0xFF), expectedLength: max(count, 1))
        let answer = try channel.transmit(command)
        let isRight = answer.data.enumerated().allSatisfy { $0.element == UInt8(truncatingIfNeeded: $0.offset) }
        try require(
            isRight && answer.data.count == count && answer.status == .success, .answerLengths,
            "an answer of \(count) bytes came as \(answer.data.count) bytes and \(answer.status)")
    }
}

func checkOrder(_ channel: any CardChannel, _ card: ReferenceCard) throws {
    let before = card.commands
    for number in 0..<1_000 {
        let command = try CommandAPDU(
            cla: 0x80, ins: 0x10, p1: UInt8(number >> 8), p2: UInt8(number & 0xFF), expectedLength: 256)
        let answer = try channel.transmit(command)
        try require(Array(answer.data) == command.bytes, .order, "command \(number) was answered \(answer.bytes)")
    }
    let arrived = card.commands - before
    try require(arrived == 1_000, .order, "of 1,000 commands the card got \(arrived)")
}

func checkStatusWords(_ channel: any CardChannel) throws {
    for sw1 in UInt8.min...UInt8.max {
        for sw2: UInt8 in [0x00, 0x10, 0xFF] {
            let command = try CommandAPDU(cla: 0x80, ins: 0x12, p1: sw1, p2: sw2, expectedLength: 256)
            let answer = try channel.transmit(command)
            let wanted = StatusWord(sw1, sw2)
            try require(answer.bytes == [sw1, sw2], .statusWords, "\(wanted) came as \(answer.bytes)")
        }
    }
}

func checkDeath(_ carrier: some CarrierUnderTest) async throws {
    let echo = try CommandAPDU([0x80, 0x10, 0x01, 0x02, 0x00])
    let killer = try CommandAPDU([0x80, 0x44, 0x00, 0x00, 0x00])
    func mustFail(_ command: CommandAPDU, _ what: String) async throws {
        let answer: ResponseAPDU
        do {
            answer = try await answered(command, carrier)
        } catch let error as CardError {
            let expected: [CardError.Code] = [
                .cardUnresponsive, .cardRemoved, .noCard, .cardReset, .communication, .readerUnavailable,
            ]
            try require(expected.contains(error.code), .death, "\(what) is the error: \(error)")
            return
        }
        throw ConformanceFailure(check: .death, detail: "\(what) was answered \(answer.bytes)")
    }
    try await mustFail(killer, "the command that killed the card")
    try await mustFail(echo, "a command to a dead card")
    try await carrier.revive()
    let answer = try await answered(echo, carrier)
    try require(Array(answer.data) == echo.bytes, .death, "the card brought back answered \(answer.bytes)")
}

func checkReset(_ carrier: some CarrierUnderTest) async throws {
    let count = try CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x04])
    for number: UInt8 in 1...3 {
        let answer = try await answered(count, carrier)
        try require(
            Array(answer.data) == [0, 0, 0, number], .reset,
            "the card forgot its state without a reset: \(answer.bytes)")
    }
    let resets = carrier.card.resets
    try await carrier.reset()
    try require(carrier.card.resets > resets, .reset, "the reset did not reach the card")
    let answer = try await answered(count, carrier)
    try require(Array(answer.data) == [0, 0, 0, 1], .reset, "the card kept its state through a reset: \(answer.bytes)")
}

/// The answer to one command.
private func answered(_ command: CommandAPDU, _ carrier: some CarrierUnderTest) async throws -> ResponseAPDU {
    let kept = KeptAnswer()
    try await carrier.withChannel { channel in kept.keep(try channel.transmit(command)) }
    guard let answer = kept.answer else {
        throw ConformanceFailure(check: .order, detail: "withChannel did not run its body")
    }
    return answer
}

/// Passes an answer out of a body that runs on another thread.
private final class KeptAnswer: Sendable {
    private let kept = Mutex<ResponseAPDU?>(nil)

    var answer: ResponseAPDU? { kept.withLock { $0 } }

    func keep(_ answer: ResponseAPDU) { kept.withLock { $0 = answer } }
}
