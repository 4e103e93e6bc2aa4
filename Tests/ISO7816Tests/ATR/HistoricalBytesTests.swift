import ISO7816
import TestSupport
import Testing

@Suite struct HistoricalBytesTests {
    private func read(_ text: String) -> HistoricalBytes { HistoricalBytes(ArraySlice(hex(text))) }

    @Test func `compact data objects and capabilities`() {
        let bytes = read("80 31 C0 73 C0 01 5B F3 A0 00 00")
        #expect(
            bytes.objects == [
                CompactTLV(tag: CompactTLV.cardServiceData, value: [0xC0]),
                CompactTLV(tag: CompactTLV.cardCapabilities, value: hex("C0 01 5B")),
                CompactTLV(tag: CompactTLV.applicationIdentifier, value: hex("A0 00 00")),
            ])
        let capabilities = bytes.capabilities
        #expect(capabilities?.selectsByFullName == true)
        #expect(capabilities?.selectsByPartialName == true)
        #expect(capabilities?.supportsCommandChaining == false)
        #expect(capabilities?.supportsExtendedLengths == true)
        #expect(capabilities?.logicalChannels == 4)
    }

    @Test func `status behind the data objects`() {
        #expect(
            read("00 31 C0 05 90 00")
                == .compactTLVWithStatus(
                    [CompactTLV(tag: CompactTLV.cardServiceData, value: [0xC0])], lifeCycle: 5, status: .success))
    }

    @Test(arguments: ["80 31", "00 90 00", "10", "00 32 C0 05 90 00", "4A 43 4F 50", "81 00"])
    func `what breaks the rules is the maker's`(text: String) {
        #expect(read(text) == .proprietary(ArraySlice(hex(text))))
    }

    @Test func `directory reference and nothing`() {
        #expect(read("10 2F") == .directoryReference(0x2F))
        #expect(read("") == .absent)
        #expect(read("80").capabilities == nil)
    }
}
