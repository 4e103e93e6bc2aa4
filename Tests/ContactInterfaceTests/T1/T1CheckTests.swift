import ContactInterface
import ISO7816
import Testing

/// EDC against published values.
@Suite struct T1CheckTests {
    /// ISO/IEC 15693-3, annex C, whose CRC is that of ISO/IEC 13239 too: for 01 02 03 04 it is 3991, sent low byte (91)
    /// first.
    @Test func `the CRC is that of ISO 13239`() {
        #expect(AnswerToReset.BlockCheck.crc.code(of: [0x01, 0x02, 0x03, 0x04]) == [0x91, 0x39])
    }

    /// The residue of the same annex: correct data with their CRC leave F0B8 in the register, whose complement is 0F47.
    @Test func `the residue is that of ISO 13239`() {
        for length in 0..<64 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            let whole = bytes + AnswerToReset.BlockCheck.crc.code(of: bytes[...])
            #expect(AnswerToReset.BlockCheck.crc.code(of: whole[...]) == [0x47, 0x0F])
        }
    }

    /// S(IFS request) of 254, as at the start of every T=1 trace: 00 C1 01 FE 3E.
    @Test func `the LRC is the exclusive or`() {
        #expect(AnswerToReset.BlockCheck.lrc.code(of: [0x00, 0xC1, 0x01, 0xFE]) == [0x3E])
    }
}
