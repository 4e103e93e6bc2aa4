// One side of the readers benchmark: the emulated cards, or exchanges with all of them at once through CardIO.
//
//   readers-times cards PORT...           puts a card into the slot at each port; ends with its input
//   readers-times ours COUNT READER...    prints the exchanges per second of all together, COUNT with each

import CardIO
import ISO7816

/// Answers every command at once with 44 bytes and `9000`, as INITIALIZE is answered.
final class FixedCard: IntegratedCircuitCard {
    let answerToReset: [UInt8] = [0x3B, 0x80, 0x80, 0x01, 0x01]
    private let answer = [UInt8](repeating: 0x5A, count: 44) + [0x90, 0x00]

    func reset() throws(CardError) {}
    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] { answer }
}

let arguments = CommandLine.arguments
if arguments.count > 2, arguments[1] == "cards" {
    var virtual: [VirtualReaderCard] = []
    for port in arguments[2...].compactMap({ UInt16($0) }) {
        let card = try VirtualReaderCard(FixedCard(), port: port)
        try await card.insert()
        virtual.append(card)
    }
    while readLine() != nil {}
    for card in virtual { await card.remove() }
} else if arguments.count > 3, arguments[1] == "ours", let count = Int(arguments[2]) {
    let readers = Array(arguments[3...])
    let service = try PCSCService()
    let command = try CommandAPDU(
        cla: 0x80, ins: 0x50, p1: 0x01, p2: 0x01, data: [UInt8](repeating: 0xA5, count: 24), expectedLength: 44)
    var cards: [Card] = []
    for reader in readers {
        _ = try await service.waitForCard(in: .name(reader), deadline: .now + .seconds(30))
        cards.append(try await service.connect(to: .name(reader)))
    }
    let time = try await ContinuousClock().measure {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for card in cards {
                group.addTask {
                    try await card.withTransaction { transaction in
                        for _ in 0..<count { _ = try transaction.transmit(command) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
    for card in cards { try await card.disconnect(.leave) }
    print(Int(Double(readers.count * count) / (time / .seconds(1))))
} else {
    print("usage: readers-times cards PORT... | ours COUNT READER...")
}
