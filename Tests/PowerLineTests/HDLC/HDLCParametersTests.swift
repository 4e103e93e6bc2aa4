import PowerLine
import TestSupport
import Testing

@Suite("HDLC parameters") struct HDLCParametersTests {
    @Test func `what is not said is 128 bytes and window 1`() {
        #expect(HDLCParameters([]) == .standard)
        #expect(HDLCParameters.standard.bytes.isEmpty)
        #expect(HDLCParameters(hex("818000")) == .standard)
        #expect(HDLCParameters(hex("818012050180060180070400000001080400000001")) == .standard)
    }

    @Test func `what differs is written`() {
        #expect(
            HDLCParameters(length: 257, window: 7).bytes
                == hex("818014 05020101 06020101 070400000007 080400000007"))
        #expect(HDLCParameters(transmitLength: 64).bytes == hex("818003 050140"))
    }

    @Test func `values of one to four bytes are read, up to what there is`() {
        #expect(HDLCParameters(hex("818003 050140"))?.transmitLength == 64)
        #expect(HDLCParameters(hex("818005 0603000100"))?.receiveLength == 256)
        #expect(HDLCParameters(hex("818006 0504000007EE"))?.transmitLength == 2_030)
        #expect(HDLCParameters(hex("818006 0504FFFFFFFF"))?.transmitLength == 2_030)
        #expect(HDLCParameters(hex("818003 080109"))?.receiveWindow == 7)
        #expect(HDLCParameters(hex("818003 070103"))?.transmitWindow == 3)
    }

    @Test func `other groups and parameters are passed over`() {
        #expect(HDLCParameters(hex("81 85020102 8006 09020102 0701 05"))?.transmitWindow == nil)
        #expect(HDLCParameters(hex("81 85020102 8007 09020102 070105"))?.transmitWindow == 5)
    }

    @Test(arguments: [
        "80", "8180", "818002", "81800105", "8180020501", "81800205 00", "818003050100", "8180070505 0000000001",
    ])
    func `what is malformed or 0 is refused`(_ text: String) {
        #expect(HDLCParameters(hex(text)) == nil)
    }

    @Test func `every set comes back, and both ends come to the same`() {
        var random = SeededGenerator(seed: 4)
        func any() -> HDLCParameters {
            HDLCParameters(
                transmitLength: .random(in: 1...2030, using: &random),
                receiveLength: .random(in: 1...2030, using: &random),
                transmitWindow: .random(in: 1...7, using: &random), receiveWindow: .random(in: 1...7, using: &random))
        }
        for _ in 0..<500 {
            let (primary, secondary) = (any(), any())
            #expect(HDLCParameters(primary.bytes) == primary)
            // The secondary answers with what it has come to, and the primary comes to the same from that.
            let there = secondary.negotiated(with: primary)
            let here = primary.negotiated(with: there)
            #expect(here.transmitLength == there.receiveLength && here.receiveLength == there.transmitLength)
            #expect(here.transmitWindow == there.receiveWindow && here.receiveWindow == there.transmitWindow)
        }
    }
}
