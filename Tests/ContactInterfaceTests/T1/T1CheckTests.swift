import ContactInterface
import ISO7816
import Testing

/// EDC against values that others have published.
@Suite struct T1CheckTests {
    /// ISO/IEC 15693-3, annex C, whose CRC is that of ISO/IEC 13239 too: of 01 02 03 04 it is 3991, and 91 goes first.
    @Test func `the CRC is that of ISO 13239`() {
        #expect(AnswerToReset.BlockCheck.crc.code(of: [0x01, 0x02, 0x03, 0x04]) == [0x91, 0x39])
    }

    /// The residue of the same annex: what is right with its CRC behind has F0B8 in the register, whose complement is 0F47.
    @Test func `the residue is that of ISO 13239`() {
        for length in 0..<64 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            let whole = bytes + AnswerToReset.BlockCheck.crc.code(of: bytes[...])
            #expect(AnswerToReset.BlockCheck.crc.code(of: whole[...]) == [0x47, 0x0F])
        }
    }

    /// S(IFS request) of 254, as every trace of T=1 has it at the start: 00 C1 01 FE 3E.
    @Test func `the LRC is the exclusive or`() {
        #expect(AnswerToReset.BlockCheck.lrc.code(of: [0x00, 0xC1, 0x01, 0xFE]) == [0x3E])
    }
}
