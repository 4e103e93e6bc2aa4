import ISO7816
import Testing

@Suite struct ClassByteTests {
    /// ISO/IEC 7816-4, 5.4.1: the tables of the first and the further interindustry values.
    @Test(arguments: [
        (0x00, 3, 0x03), (0x0C, 2, 0x0E), (0x10, 1, 0x11), (0x00, 4, 0x40), (0x00, 19, 0x4F), (0x10, 5, 0x51),
        (0x0C, 4, 0x60), (0x08, 4, 0x60), (0x60, 1, 0x09), (0x4F, 0, 0x00), (0x80, 19, 0xCF), (0x84, 2, 0x86),
        (0x84, 5, 0xE1),
    ])
    func `on channels`(from: Int, channel: Int, to: Int) {
        let moved = ClassByte(UInt8(from)).on(channel: UInt8(channel))
        #expect(moved?.rawValue == UInt8(to))
        #expect(moved?.channel == UInt8(channel))
    }

    @Test func `what has no offset`() {
        #expect(ClassByte(0x00).on(channel: 20) == nil)
        #expect(ClassByte(0x04).on(channel: 4) == nil)
    }

    @Test func `every class keeps its meaning on its own channel`() {
        for value in UInt8.min...UInt8.max where value & 0x60 != 0x20 {
            let cla = ClassByte(value)
            #expect(cla.on(channel: cla.channel)?.isChained == cla.isChained)
            #expect(cla.chained(true).isChained && !cla.chained(false).isChained)
            #expect(cla.securelyMessaged().secureMessaging != .none)
            #expect(cla.securelyMessaged().withoutSecureMessaging().secureMessaging == .none)
        }
    }
}
