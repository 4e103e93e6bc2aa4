import ContactInterface
import ISO7816
import TestSupport
import Testing

/// One fault, of every kind, at every character of a whole session: reset, PPS, and commands that are chained both
/// ways.
@Suite struct SingleFaultTests {
    static let command: [UInt8] = [0x80, 0xD6, 0, 0, 40] + AnsweringCard.body(40)
    static let answer: [UInt8] = AnsweringCard.body(45) + [0x90, 0x00]
    static let second: [UInt8] = [0x80, 0xB2, 0, 0, 4]

    static func reply(_ command: [UInt8]) -> [UInt8] {
        command == Self.command ? answer : command == second ? [1, 2, 3, 4, 0x90, 0x00] : [0x6F, 0x00]
    }

    private func session(_ check: AnswerToReset.BlockCheck, fault: LineFault?, at position: (LineSide, Int)?) throws
        -> TestLine
    {
        var reader = InterfaceDevice.Configuration()
        reader.t1.informationFieldSize = 33
        let atr = try TestATR.bytes([0, 1], speed: 0x12, check: check, waiting: 0x15)
        var line = try TestLine(atr: atr, reader: reader) { _, command in Self.reply(command) }
        if let fault, let position {
            line.line.disturbance = { transit in
                transit.sender == position.0 && transit.number == position.1 ? fault.apply(transit) : [transit]
            }
        }
        return line
    }

    /// T=1 recovers from any single fault by itself, and the card executes each command once.
    @Test(arguments: [
        LineFault.lost, .parity, .corrupted(0x03), .corrupted(0x60), .corrupted(0x81), .doubled, .delayed(20_000),
    ])
    func `T=1 recovers from any one`(fault: LineFault) throws {
        for check in fault == .corrupted(0x81) ? [AnswerToReset.BlockCheck.lrc, .crc] : [.lrc] {
            var good = try session(check, fault: nil, at: nil)
            _ = try good.activate()
            let beforeCommands = good.line.sent
            #expect(try good.exchange(Self.command).get() == Self.answer)
            #expect(try good.exchange(Self.second).get() == Self.reply(Self.second))
            #expect(good.line.sent.reader > 70 && good.line.sent.card > 70)

            for position in LineFault.positions(good.line.sent) {
                var line = try session(check, fault: fault, at: position)
                let comment = Comment("\(fault) at \(position), \(check)")
                do {
                    let parameters = try line.activate()
                    let isInCommand =
                        position.1 >= (position.0 == .reader ? beforeCommands.reader : beforeCommands.card)
                    // A failed PPS leaves the default protocol.
                    guard isInCommand || parameters.protocolNumber == 1 else { continue }
                    #expect(try line.exchange(Self.command).get() == Self.answer, comment)
                    #expect(try line.exchange(Self.second).get() == Self.reply(Self.second), comment)
                    #expect(line.processed == [Self.command, Self.second], comment)
                } catch {
                    Issue.record(error, comment)
                }
            }
        }
    }

    /// T=0 repeats characters with wrong parity; a lost or late one is an error, never a wrong answer, and never a
    /// command executed twice. It cannot detect what parity does not show.
    @Test(arguments: [LineFault.lost, .parity, .delayed(20_000), .delayed(4_000_000)])
    func `T=0 never answers wrongly`(fault: LineFault) throws {
        let atr = try TestATR.bytes([0])
        let steps: [([UInt8], [UInt8])] = [
            ([0x80, 0xD6, 0, 0, 3, 1, 2, 3], [0x61, 0x04]), ([0x00, 0xC0, 0, 0, 4], [0x90, 0x00, 0x60, 7, 0x90, 0]),
            ([0x80, 0xD6, 0, 0, 2, 8, 9], [0x69, 0x85]),
        ]
        func line(_ acknowledgement: T0Responder.Acknowledgement) throws -> TestLine {
            var card = CardTransceiver.Configuration()
            card.acknowledgement = acknowledgement
            return try TestLine(atr: atr, card: card) { _, command in
                steps.first { $0.0 == command }?.1 ?? [0x6F, 0x00]
            }
        }
        for acknowledgement in [T0Responder.Acknowledgement.all, .single] {
            var good = try line(acknowledgement)
            _ = try good.activate()
            for step in steps { #expect(try good.exchange(step.0).get() == step.1) }
            var answered = 0
            for position in LineFault.positions(good.line.sent) {
                var line = try line(acknowledgement)
                line.line.disturbance = { transit in
                    transit.sender == position.0 && transit.number == position.1 ? fault.apply(transit) : [transit]
                }
                _ = try line.activate()
                let comment = Comment("\(fault) at \(position), \(acknowledgement)")
                for (index, step) in steps.enumerated() {
                    guard case .success(let given) = try line.exchange(step.0) else { break }
                    #expect(given == step.1, comment)
                    answered += index == 2 ? 1 : 0
                }
                #expect(line.processed.elementsEqual(steps.map(\.0).prefix(line.processed.count)), comment)
            }
            if fault == .parity || fault == .delayed(20_000) {
                #expect(answered == good.line.sent.reader + good.line.sent.card, "parity and little delays heal")
            } else {
                #expect(answered < good.line.sent.reader + good.line.sent.card)
            }
        }
    }
}
