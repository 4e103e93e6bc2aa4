import CardCrypto
import ContactInterface
import ISO7816

/// Cards behind contacts: for any activity of the contacts and any pseudo-APDUs, no emulator traps, no try of a code is
/// restored without the code, and no protected byte changes.
enum ContactSubject {
    private static let code: [UInt8] = [0x5A, 0xC3, 0x96]

    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        var input = InputReader(bytes)
        switch input.byte() % 4 {
        case 0: try contacts(&input, isVerified: false)
        case 1: try contacts(&input, isVerified: true)
        case 2: try pseudoAPDUs(&input)
        default: try others(&input)
        }
    }

    private static func secured(_ counter: UInt8) -> (TwoWireCard, ContactPort) {
        let card = TwoWireCard(
            main: TwoWireCard.factoryBytes + (4..<40).map { UInt8($0) }, code: Secret(copying: code),
            errorCounter: counter)
        let port = ContactPort()
        port.insert(card)
        return (card, port)
    }

    /// Runs a step that the properties need and that does not depend on the input.
    private static func must<Failure: Error>(_ body: () throws(Failure) -> Void) throws(BrokenProperty) {
        do throws(Failure) { try body() } catch { throw BrokenProperty(description: "\(error)") }
    }

    /// The protected bytes; nil for the others.
    private static func protected(_ card: TwoWireCard) -> [UInt8?] {
        card.isProtected.enumerated().map { $1 ? card.main[$0] : nil }
    }

    private static func contacts(_ input: inout InputReader, isVerified: Bool) throws(BrokenProperty) {
        let (card, port) = secured(isVerified ? 7 : input.byte())
        if isVerified {
            for (control, address, data) in [
                (0x39, 0, 3), (0x33, 1, code[0]), (0x33, 2, code[1]), (0x33, 3, code[2]), (0x39, 0, 0xFF), (0x3C, 4, 4),
                (0x3C, 6, 6),
            ] as [(UInt8, UInt8, UInt8)] {
                send(port, control, address, data, pulses: control == 0x33 ? 2 : 255)
            }
            try hold(card.errorCounter == 7 && card.isProtected[4] && card.isProtected[6], "the code opens the card")
        }
        let checksCode = input.byte() & 7 == 0
        let (before, kept, bits) = (card.main, protected(card), card.isProtected)
        var commands = 0
        while !input.isAtEnd {
            let tries = card.errorCounter.nonzeroBitCount
            let choice = input.byte()
            if choice & 0x80 == 0 {
                change(port, choice)
            } else if commands < 8 {
                commands += 1
                command(port, choice, &input)
            }
            if !isVerified {
                try hold(card.errorCounter.nonzeroBitCount <= tries, "no try comes back without the code")
            }
        }
        for (address, byte) in kept.enumerated() {
            if let byte { try hold(card.main[address] == byte, "a protected byte never changes") }
        }
        try hold(zip(bits, card.isProtected).allSatisfy { !$0 || $1 }, "protection is irreversible")
        guard !isVerified else { return }
        try hold(card.main == before, "nothing is written without the code")
        try hold(card.isProtected == bits, "nothing is protected without the code")
        guard checksCode, card.errorCounter & 7 != 0 else { return }
        // The code has not changed.
        port.insert(card)
        try must { () throws(MemoryCardError) in
            try TwoWireReader(port).present(Secret(copying: code), isLastTryAllowed: true)
        }
        try hold(card.errorCounter == 7, "the right code gives the tries back")
    }

    /// One change of one contact, a pulse, or time.
    private static func change(_ port: ContactPort, _ choice: UInt8) {
        let level = choice & 1 == 0 ? Level.low : .high
        switch choice >> 1 & 7 {
        case 0: port.force(.io, level)
        case 1: port.force(.clk, level)
        case 2: port.force(.rst, level)
        case 3:
            port.force(.clk, .high)
            port.force(.clk, .low)
        case 4: port.force(.vcc, level)
        case 5: port.startClock(kilohertz: 1_000 + Int(choice >> 4) * 500)
        case 6: port.run(periods: 1 << Int(choice >> 4))
        default: port.wait(nanoseconds: 1 << UInt64(choice >> 2))
        }
    }

    /// A command from the input, whose data never contain the right code's last byte.
    private static func command(_ port: ContactPort, _ choice: UInt8, _ input: inout InputReader) {
        let controls: [UInt8] = [0x30, 0x31, 0x33, 0x34, 0x38, 0x39, 0x3C, 0x33]
        let control = choice & 0x40 == 0 ? controls[Int(choice & 7)] : input.byte()
        let address = input.byte()
        var data = input.byte()
        if choice & 0x20 != 0, control == 0x33, (1...2).contains(address) { data = code[Int(address) - 1] }
        if control == 0x33, data == code[2] { data ^= 1 }
        if !port.levels.isPowered || choice & 0x10 != 0 { port.force(supply: .a) }
        send(port, control, address, data, pulses: [0, 3, 130, 260][Int(choice >> 3 & 3)])
    }

    /// Start condition, three bytes, stop condition, and pulses.
    private static func send(_ port: ContactPort, _ control: UInt8, _ address: UInt8, _ data: UInt8, pulses: Int) {
        if !port.levels.isPowered { port.force(supply: .a) }
        port.force(.rst, .low)
        port.force(.clk, .low)
        port.force(.io, .high)
        port.force(.clk, .high)
        port.force(.io, .low)
        port.force(.clk, .low)
        for byte in [control, address, data] {
            for bit in 0..<8 {
                port.force(.io, byte >> UInt8(bit) & 1 == 1 ? .high : .low)
                port.force(.clk, .high)
                port.force(.clk, .low)
            }
        }
        port.force(.io, .low)
        port.force(.clk, .high)
        port.force(.io, .high)
        port.force(.clk, .low)
        for _ in 0..<pulses {
            port.force(.clk, .high)
            port.force(.clk, .low)
        }
    }

    private static func pseudoAPDUs(_ input: inout InputReader) throws(BrokenProperty) {
        let choice = input.byte()
        let (card, port) = secured(choice)
        let i2c = I2CMemoryCard(.at24c02)
        if choice & 0x80 != 0 { port.insert(i2c) }
        guard case .success(let reader) = Result(catching: { () throws(CardError) in try MemoryCardReader(port) })
        else {
            throw BrokenProperty(description: "a reader takes a card that is in")
        }
        let (before, bits) = (card.main, card.isProtected)
        let instructions: [UInt8] = [
            0xA4, 0x01, 0xB0, 0xB1, 0xB2, 0xCA, 0xD0, 0xD1, 0xD2, 0xD6, 0x20, 0x82, 0x86, 0xA4, 0x20, 0x86,
        ]
        let began = port.now
        // Short enough to try thousands of inputs per second.
        while !input.isAtEnd, port.now - began < 30_000_000 {
            let choice = input.byte()
            var command: [UInt8]
            if choice & 0x10 == 0 {
                let data = input.read(Int(choice >> 5))
                let (p1, p2) = choice & 0x80 == 0 ? (0, input.byte()) : (input.byte(), input.byte())
                command =
                    [0xFF, instructions[Int(choice & 0x0F)], p1, p2, data.isEmpty ? p2 & 7 : UInt8(data.count)] + data
            } else {
                command = input.read(Int(choice & 0x0F))
            }
            // Never the right code: its last byte appears in no command.
            command = command.map { $0 == code[2] ? 0 : $0 }
            let tries = card.errorCounter.nonzeroBitCount
            guard case .success(let answer) = Result(catching: { () throws(CardError) in try reader.process(command) })
            else { throw BrokenProperty(description: "a reader answers while the card is in") }
            try hold(answer.count >= 2 && answer.count <= 65_538, "an answer has a status word")
            try hold(card.errorCounter.nonzeroBitCount <= tries, "no try comes back without the code")
            try hold(card.main == before && card.isProtected == bits, "nothing changes without the code")
            try hold(answer.count < 5 || !answer[..<3].elementsEqual(code), "the code is never shown")
        }
    }

    /// An I²C card and an asynchronous one, with any activity of their contacts.
    private static func others(_ input: inout InputReader) throws(BrokenProperty) {
        let (i2cPort, port) = (ContactPort(), ContactPort())
        let i2c = I2CMemoryCard(.at24c16)
        i2cPort.insert(i2c)
        let made = Result { () throws(CardError) in try AsynchronousCard(StatusCard()) }
        guard case .success(let card) = made else { throw BrokenProperty(description: "a card can be made") }
        port.insert(card)
        while !input.isAtEnd {
            let choice = input.byte()
            change(i2cPort, choice & 0x7F)
            change(port, choice & 0x7F)
            if choice & 0x80 != 0 {
                let levels = UInt16(choice) << 1 | 1
                card.receive(LineCharacter(levels: levels, unit: .initial), edge: port.clockPeriods)
                if let time = card.nextTime, time < port.clockPeriods + 100_000 { _ = card.act(at: time) }
            }
            let isDriven = port.levels.isPowered && port.levels.clockFrequency != nil && port.levels.rst == .high
            try hold(card.nextTime == nil || isDriven, "a card without power, clock or reset does nothing")
        }
        try hold(i2c.memory.count == 2_048, "a memory keeps its size")
        port.remove()
        try hold(card.nextTime == nil, "a card that is out does nothing")
        // After any activity, the card answers once it is deactivated and activated correctly.
        port.insert(card)
        guard case .success(let slot) = Result(catching: { () throws(CardError) in try ContactSlot(port) }) else {
            throw BrokenProperty(description: "a card answers after a right activation: \(card.violations)")
        }
        try hold(slot.answerToReset?.bytes == [0x3B, 0x00], "the answer to reset is the card's")
    }

    private final class StatusCard: IntegratedCircuitCard {
        let answerToReset: [UInt8] = [0x3B, 0x00]
        func reset() throws(CardError) {}
        func process(_ command: [UInt8]) throws(CardError) -> [UInt8] { StatusWord.success.bytes }
    }
}
