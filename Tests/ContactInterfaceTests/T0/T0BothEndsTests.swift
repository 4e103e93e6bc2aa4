import ContactInterface
import ISO7816
import TestSupport
import Testing

/// The reader's side of T=0 against the card's side: every answer arrives as over T=1.
@Suite struct T0BothEndsTests {
    static let beyond = [257, 258, 300, 511, 512, 513, 767, 768, 1_000, 4_096, 65_535]

    private func compare(_ command: CommandAPDU, _ comment: Comment) throws {
        let direct = AnsweringCard()
        let over1 = try Line(direct).transmit(command)
        let behind0 = AnsweringCard()
        let over0 = try GetResponseChannel(Line(T0Card(behind0), .t0)).transmit(command)
        #expect(over0 == over1, comment)
        #expect(behind0.commands.count == 1, "the card beneath acts once")
    }

    private func command(
        _ count: Int, ins: UInt8, cla: UInt8 = 0x80, data: [UInt8], expected: Int?, extended: Bool = false
    ) throws -> CommandAPDU {
        try CommandAPDU(
            cla: cla, ins: ins, p1: UInt8(count >> 8), p2: UInt8(count & 0xFF), data: data, expectedLength: expected,
            extended: extended)
    }

    @Test(arguments: Array(0...256) + beyond, [0x10, 0x12] as [UInt8])
    func `every length of answer arrives`(count: Int, ins: UInt8) throws {
        for data in [[], [1], [UInt8](repeating: 7, count: 255)] {
            try compare(command(count, ins: ins, data: data, expected: 256), "Le 00, \(data.count) bytes of data")
            try compare(
                command(count, ins: ins, data: data, expected: 65_536, extended: true),
                "Le 0000, \(data.count) bytes of data")
            try compare(command(count, ins: ins, data: data, expected: nil), "no Le, \(data.count) bytes of data")
            if count > 0 {
                try compare(
                    command(count, ins: ins, data: data, expected: count), "right Le, \(data.count) bytes of data")
            }
        }
        for wrong in [1, 5, 255] where count > 0 && count <= 256 {
            try compare(command(count, ins: ins, data: [], expected: wrong), "wrong Le \(wrong)")
        }
    }

    @Test(arguments: [0x00, 0x01, 0x43, 0x80, 0x83, 0x84, 0x0C, 0x60, 0xC1] as [UInt8])
    func `every class is followed on its channel`(cla: UInt8) throws {
        try compare(command(600, ins: 0x10, cla: cla, data: [1], expected: 256), "class")
    }

    /// Commands whose Le the card refuses: T=0 cannot express a missing Le, and they still arrive.
    @Test(arguments: [0x20, 0x22] as [UInt8], [[], [1, 2, 3]] as [[UInt8]])
    func `commands without Le arrive`(ins: UInt8, data: [UInt8]) throws {
        let command = try command(0, ins: ins, data: data, expected: nil)
        let over1 = try Line(AnsweringCard()).transmit(command)
        let over0 = try GetResponseChannel(Line(T0Card(AnsweringCard()), .t0)).transmit(command)
        #expect(over0 == over1)
    }

    @Test func `no more is fetched than Le asks for`() throws {
        let line = Line(T0Card(AnsweringCard()), .t0)
        let response = try GetResponseChannel(line)
            .transmit(command(300, ins: 0x10, data: [1], expected: 40))
        #expect(response.data.elementsEqual(AnsweringCard.body(300).prefix(40)))
        #expect(response.status == StatusWord(0x6100))
        #expect(line.sent == [hex("80 10 01 2C 01 01"), hex("00 C0 00 00 28")])
    }
}
