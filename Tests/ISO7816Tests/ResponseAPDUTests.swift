import ISO7816
import Testing

@Suite struct ResponseAPDUTests {
    @Test(arguments: [0, 1, 255, 256, 257, 65_535, 65_536])
    func `every length builds and parses`(count: Int) throws {
        let data = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let response = ResponseAPDU(data: data, status: StatusWord(0x6282))
        let parsed = try ResponseAPDU(response.bytes)
        #expect(parsed.data.elementsEqual(data))
        #expect(parsed.status == StatusWord(0x6282))

        let written = try [UInt8](capacity: count + 2) { (room) throws(APDUError) in
            try room.appendResponse(data: data.span, status: StatusWord(0x6282))
        }
        #expect(written == response.bytes)
        let view = try ResponseAPDUView(written.span)
        let (viewed, status) = (view.data.count, view.status)
        #expect(viewed == count)
        #expect(status == StatusWord(0x6282))
        let small = [UInt8](capacity: count + 1) { room in
            #expect(throws: APDUError(.bufferTooSmall, count: count + 2)) {
                try room.appendResponse(data: data.span, status: .success)
            }
        }
        #expect(small.isEmpty)
    }

    @Test(arguments: [(0, APDUError.Code.tooShort), (1, .tooShort), (65_539, .responseTooLong)])
    func `what is no response is refused`(count: Int, code: APDUError.Code) {
        let bytes = [UInt8](repeating: 0x90, count: count)
        #expect(throws: APDUError(code, count: count)) { try ResponseAPDU(bytes) }
        #expect(throws: APDUError(code, count: count)) { _ = try ResponseAPDUView(bytes.span).status }
    }
}
