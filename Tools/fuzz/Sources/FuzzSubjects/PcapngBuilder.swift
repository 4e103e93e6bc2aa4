/// Builds a pcapng file with valid lengths from an input: with random lengths hardly any file would hold a packet.
struct PcapngBuilder {
    private(set) var bytes: [UInt8] = []
    private var isBig = false

    init(_ input: inout InputReader) {
        section(isBig: input.byte() & 1 == 1)
        var blocks = 0
        while !input.isAtEnd, blocks < 24 {
            step(&input)
            blocks += 1
        }
    }

    private mutating func step(_ input: inout InputReader) {
        let choice = input.byte()
        switch choice & 7 {
        case 0: section(isBig: choice & 8 != 0)
        case 1: interface([252, 101, 228, 1][Int(choice >> 4 & 3)], options: options(&input))
        case 2, 3, 4: enhanced(choice >> 4, packet(&input), options(&input), ticks: input.read(8))
        case 5: block(3, input.piece())
        case 6: block(2, input.piece())
        default: block(UInt32(choice >> 4), input.piece())
        }
    }

    // MARK: Blocks

    private mutating func section(isBig: Bool) {
        self.isBig = isBig
        block(
            0x0A0D_0D0A,
            number(UInt32(0x1A2B_3C4D)) + number(UInt16(1)) + number(UInt16(0)) + [UInt8](repeating: 0xFF, count: 8))
    }

    private mutating func interface(_ link: UInt16, options: [UInt8]) {
        block(1, number(link) + number(UInt16(0)) + number(UInt32(0)) + options)
    }

    private mutating func enhanced(_ interface: UInt8, _ packet: [UInt8], _ options: [UInt8], ticks: [UInt8]) {
        let time = ticks + [UInt8](repeating: 0, count: 8 - ticks.count)
        let count = number(UInt32(packet.count))
        block(6, number(UInt32(interface & 3)) + time + count + count + padded(packet) + options)
    }

    private mutating func block(_ type: UInt32, _ body: [UInt8]) {
        let body = padded(body)
        let length = number(UInt32(12 + body.count))
        bytes += number(type) + length + body + length
    }

    // MARK: Contents

    /// An exported PDU, GSMTAP, or any bytes.
    private func packet(_ input: inout InputReader) -> [UInt8] {
        let choice = input.byte()
        switch choice & 3 {
        case 0: return input.piece()
        case 1: return gsmtap(type: choice >> 2, input.piece())
        default: return exported(direction: choice >> 2 & 3, input.piece())
        }
    }

    private func exported(direction: UInt8, _ unit: [UInt8]) -> [UInt8] {
        let name = Array("iso7816".utf8) + [0]
        return [0, 12, 0, UInt8(name.count)] + name + [0, 35, 0, 4, 0, 0, 0, direction] + [0, 0, 0, 0] + unit
    }

    private func gsmtap(type: UInt8, _ unit: [UInt8]) -> [UInt8] {
        let count = 8 + 16 + unit.count
        let ip: [UInt8] = [0x45, 0, 0, UInt8(truncatingIfNeeded: 20 + count), 0, 0, 0, 0, 64, 17, 0, 0]
        let addresses: [UInt8] = [127, 0, 0, 1, 127, 0, 0, 1]
        let udp: [UInt8] = [0x12, 0x79, 0x12, 0x79, UInt8(count >> 8), UInt8(count & 0xFF), 0, 0]
        return ip + addresses + udp + [2, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, type, 0, 0, 0] + unit
    }

    /// Options with right lengths: comments as packets have them, names, resolutions, offsets, and others.
    private func options(_ input: inout InputReader) -> [UInt8] {
        var options: [UInt8] = []
        for _ in 0..<(input.byte() & 3) {
            let choice = input.byte()
            var value = input.piece()
            let beginnings = ["from: ", "masked, not real: bytes ", "no answer: ", "card "]
            let code: UInt16
            switch choice & 7 {
            case 0...3:
                code = 1
                value = Array(beginnings[Int(choice & 3)].utf8) + value
            case 4: code = 2
            case 5: (code, value) = (9, [choice & 0x80 | choice >> 3 & 0x0F])
            case 6: (code, value) = (14, Array((value + [UInt8](repeating: 0, count: 8)).prefix(8)))
            default: code = UInt16(choice >> 3)
            }
            options += number(code) + number(UInt16(value.count)) + padded(value)
        }
        return options
    }

    private func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }

    private func number(_ value: UInt32) -> [UInt8] {
        let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
        return isBig ? bytes : bytes.reversed()
    }

    private func number(_ value: UInt16) -> [UInt8] {
        let bytes = [8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
        return isBig ? bytes : bytes.reversed()
    }
}
