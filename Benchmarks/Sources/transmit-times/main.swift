// One side of the transmit benchmark: the emulated card, or one round of exchanges with it through CardIO.
//
//   transmit-times card PORT            puts the card into the slot at PORT; ends with its input
//   transmit-times ours READER COUNT    prints the median nanoseconds of COUNT exchanges in one transaction

import CardIO
import ISO7816

/// Answers every command at once with 44 bytes and `9000`, as INITIALIZE is answered.
final class FixedCard: IntegratedCircuitCard {
    let answerToReset: [UInt8] = [0x3B, 0x80, 0x80, 0x01, 0x01]
    private let answer = [UInt8](repeating: 0x5A, count: 44) + [0x90, 0x00]

    func reset() throws(CardError) {}
    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] { answer }
}

func median(of count: Int, _ exchange: () throws -> Void) rethrows -> Int64 {
    var times: [Int64] = []
    times.reserveCapacity(count)
    let clock = ContinuousClock()
    for round in 0..<(count + count / 10) {
        let start = clock.now
        try exchange()
        let time = clock.now - start
        // The first tenth only warms up.
        if round >= count / 10 { times.append(time.components.attoseconds / 1_000_000_000) }
    }
    times.sort()
    return times[count / 2]
}

let arguments = CommandLine.arguments
if arguments.count == 3, arguments[1] == "card", let port = UInt16(arguments[2]) {
    let virtual = try VirtualReaderCard(FixedCard(), port: port)
    try await virtual.insert()
    print("inserted")
    while readLine() != nil {}
    await virtual.remove()
} else if arguments.count == 4, arguments[1] == "ours", let count = Int(arguments[3]) {
    let service = try PCSCService()
    let reader = try await service.waitForCard(in: .name(arguments[2]), deadline: .now + .seconds(10))
    let card = try await service.connect(to: .name(reader))
    let command = try CommandAPDU(
        cla: 0x80, ins: 0x50, p1: 0x01, p2: 0x01, data: [UInt8](repeating: 0xA5, count: 24), expectedLength: 44)
    let time = try await card.withTransaction { transaction in
        try median(of: count) { _ = try transaction.transmit(command) }
    }
    try await card.disconnect(.leave)
    print(time)
} else {
    print("usage: transmit-times card PORT | ours READER COUNT")
}
