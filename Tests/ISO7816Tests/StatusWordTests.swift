import ISO7816
import Testing

@Suite struct StatusWordTests {
    @Test(
        arguments: [
            (0x9000, .normal, "done"),
            (0x6110, .normal, "done; 16 bytes are still to be fetched"),
            (0x6100, .normal, "done; 256 bytes are still to be fetched"),
            (0x6202, .warning, "the card has a query of 2 bytes for the outside world"),
            (0x6280, .warning, "the card has a query of 128 bytes for the outside world"),
            (0x6281, .warning, "part of the data may be corrupted"),
            (0x62F0, .warning, "warning, nothing changed"),
            (0x63C0, .warning, "failed; 0 tries left"),
            (0x63C1, .warning, "failed; 1 try left"),
            (0x63CF, .warning, "failed; 15 tries left"),
            (0x63D0, .warning, "warning, memory has changed"),
            (0x6401, .executionError, "the card asks for an immediate answer"),
            (0x6410, .executionError, "aborted: the card asks for an answer to its query of 16 bytes first"),
            (0x6581, .executionError, "memory failure"),
            (0x6601, .executionError, "execution error that concerns security"),
            (0x6700, .checkingError, "wrong length"),
            (0x6A82, .checkingError, "file or application not found"),
            (0x6C1A, .checkingError, "wrong Le; 26 bytes are there"),
            (0x6F42, .checkingError, "no precise diagnosis"),
            (0x9001, .proprietary, "defined by the application"),
            (0x9F10, .proprietary, "defined by the application"),
            (0x6000, .invalid, "no status word of ISO/IEC 7816-4"),
            (0x0000, .invalid, "no status word of ISO/IEC 7816-4"),
            (0xA000, .invalid, "no status word of ISO/IEC 7816-4"),
        ] as [(UInt16, StatusWord.Category, String)])
    func `meaning and category`(value: UInt16, category: StatusWord.Category, meaning: String) {
        let status = StatusWord(value)
        #expect(status.category == category)
        #expect(status.meaning == meaning)
    }

    @Test func `numbers are read only where they are`() {
        for value in UInt16.min...UInt16.max {
            let status = StatusWord(value)
            #expect((status.triesLeft != nil) == (value >> 4 == 0x63C))
            #expect((status.bytesAvailable != nil) == (value >> 8 == 0x61))
            #expect((status.correctLength != nil) == (value >> 8 == 0x6C))
            #expect(status.meaning.isEmpty == false)
        }
    }
}
