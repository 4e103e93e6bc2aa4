import PowerLine
import TestSupport
import Testing

@Suite("HDLC frames") struct HDLCFrameTests {
    private static let element = HDLCServerAddress(.element, at: .number(0x10))

    /// CRC-16/X-25 in the catalogue of parametrised CRC algorithms: check 906E, residue F0B8.
    @Test func `the check is that of HDLC`() {
        #expect(FrameCheck.of(Array("123456789".utf8)) == 0x906E)
        #expect(FrameCheck.of([]) == 0)
        #expect(~FrameCheck.of(Array("123456789".utf8) + [0x6E, 0x90]) == 0xF0B8)
    }

    /// The first seven were written by the Python package dlms-cosem, the last one is seen in many a meter's log: SNRM with
    /// every parameter at its default.
    @Test(arguments: [
        ("7EA0082021059373237E", HDLCFrame(.command, element, client: 2, .setNormalResponseMode)),
        ("7EA008202105537FE57E", HDLCFrame(.command, element, client: 2, .disconnect)),
        ("7EA008202105B163217E", HDLCFrame(.command, element, client: 2, .receiveReady(5))),
        (
            "7EA00E202105D6420D00A4040059FC7E",
            HDLCFrame(
                .command, element, client: 2, .information(send: 3, receive: 6), information: [0x00, 0xA4, 0x04, 0x00])
        ),
        (
            "7EA00A0020022105B18CCD7E",
            HDLCFrame(
                .command, HDLCServerAddress(.element, at: .number(0x90)), client: 2, .receiveReady(5))
        ),
        (
            "7EA00C02FF0503DBB3010214C67E",
            HDLCFrame(
                .command, HDLCServerAddress(.management, at: .all), client: 2, .unnumberedInformation, isFinal: false,
                information: [1, 2])
        ),
        (
            "7EA0210002002303939A74818012050180060180070400000001080400000001533B7E",
            HDLCFrame(
                .command, HDLCServerAddress(.management, at: .number(0x11), isLong: true), client: 1,
                .setNormalResponseMode, information: hex("818012050180060180070400000001080400000001"))
        ),
    ])
    func `known frames are written and read`(_ text: String, _ frame: HDLCFrame) {
        #expect(frame.bytes == hex(text))
        #expect(HDLCFrame(content: Array(hex(text).dropFirst().dropLast())) == frame)
    }

    @Test(arguments: [
        ("02FF", HDLCServerAddress(.management, at: .all)),
        ("02FD", HDLCServerAddress(.management, at: .unassigned)),
        ("0002FEFF", HDLCServerAddress(.management, at: .all, isLong: true)),
        ("0002FEFD", HDLCServerAddress(.management, at: .unassigned, isLong: true)),
        ("20FB", HDLCServerAddress(.element, at: .number(0x7D))),
        ("00200021", HDLCServerAddress(.element, at: .number(0x10), isLong: true)),
        ("00220201", HDLCServerAddress(.cardSlot, at: .number(0x80))),
        ("00200423", HDLCServerAddress(.element, at: .number(0x111))),
        ("0020FEFB", HDLCServerAddress(.element, at: .number(0x3FFD))),
    ])
    func `addresses of two and of four bytes`(_ text: String, _ address: HDLCServerAddress) throws {
        let frame = HDLCFrame(.response, address, client: 0x7E, .receiveReady(0))
        let bytes = frame.bytes
        #expect(Array(bytes[4..<4 + address.count]) == hex(text))
        #expect(HDLCFrame(content: Array(bytes.dropFirst().dropLast()))?.server == address)
        #expect(address.count == hex(text).count)
    }

    @Test func `a station is the same in either form`() {
        for station in [HDLCServerAddress.Station.unassigned, .all, .number(0x20)] {
            let (short, long) = (
                HDLCServerAddress(.element, at: station), HDLCServerAddress(.element, at: station, isLong: true)
            )
            #expect(short.means(long) && short != long)
        }
        #expect(
            !HDLCServerAddress(.element, at: .unassigned).means(HDLCServerAddress(.element, at: .number(0x7E))))
    }

    @Test func `every control field comes back`() {
        for byte in 0...255 as ClosedRange<UInt8> {
            #expect(HDLCControl(byte).byte == byte & ~0x10)
        }
        #expect(HDLCControl(0x93) == .setNormalResponseMode)
        #expect(HDLCControl(0x1F) == .disconnectedMode)
        #expect(HDLCControl(0x97) == .frameReject)
        #expect(HDLCControl(0x75) == .receiveNotReady(3))
    }

    @Test func `the three bytes of a rejection come back`() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let rejection = HDLCRejection(
                control: random.bytes(1)[0], send: random.bytes(1)[0], receive: random.bytes(1)[0],
                isResponse: Bool.random(using: &random),
                reason: HDLCRejection.Reason(rawValue: UInt8.random(in: 0...15, using: &random)))
            #expect(HDLCRejection(rejection.bytes) == rejection)
        }
        #expect(HDLCRejection([1, 2]) == nil)
        let rejection = HDLCRejection(
            control: 0x32, send: 3, receive: 5, isResponse: false, reason: [.informationTooLong, .receiveNumber])
        #expect(rejection.bytes == [0x32, 0xA6, 0x0C])
    }

    @Test func `frames of every length come back`() {
        var random = SeededGenerator(seed: 1)
        var reader = HDLCFrameReader()
        for count in Array(0...300) + [1_000, 2_029, 2_030] {
            let frame = HDLCFrame.random(count, using: &random)
            #expect(HDLCFrame(content: Array(frame.bytes.dropFirst().dropLast())) == frame)
            #expect(frame.bytes.count == frame.length + 2)
            #expect(reader.feed(frame.bytes) == [frame])
        }
        #expect(reader.failedFrames == 0 && reader.droppedBytes == 0)
    }

    @Test func `a frame with any bit inverted is none`() {
        var random = SeededGenerator(seed: 2)
        for count in [0, 1, 2, 40] {
            let content = Array(HDLCFrame.random(count, using: &random).bytes.dropFirst().dropLast())
            for bit in 0..<content.count * 8 {
                var hit = content
                hit[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(HDLCFrame(content: hit) == nil)
            }
            for length in 0..<content.count { #expect(HDLCFrame(content: Array(content.prefix(length))) == nil) }
            #expect(HDLCFrame(content: content + [0]) == nil)
        }
    }

    /// Addresses of one byte at both ends, of three, and of more than four.
    @Test(arguments: ["A007032193", "A009202021219393", "A00820203093"])
    func `other forms of address are none`(_ text: String) {
        var content = hex(text)
        content[1] = UInt8(content.count + 2)
        let check = FrameCheck.of(content)
        content += [UInt8(check & 0xFF), UInt8(check >> 8)]
        #expect(HDLCFrame(content: content) == nil)
    }
}

extension HDLCFrame {
    static func random(_ count: Int, using random: inout SeededGenerator) -> HDLCFrame {
        let device = HDLCDevice(rawValue: UInt16.random(in: 0...0x7F, using: &random))
        let stations: [HDLCServerAddress.Station] = [
            .unassigned, .all, .number(UInt16.random(in: 0...0x3FFD, using: &random)),
            .number(UInt16.random(in: 0x10...0x7D, using: &random)),
        ]
        let address = HDLCServerAddress(
            device, at: stations.randomElement(using: &random) ?? .all, isLong: Bool.random(using: &random))
        return HDLCFrame(
            Bool.random(using: &random) ? .command : .response, address,
            client: UInt8.random(in: 0...0x7F, using: &random), HDLCControl(random.bytes(1)[0]),
            isFinal: Bool.random(using: &random), isSegmented: Bool.random(using: &random),
            information: random.bytes(count))
    }
}
