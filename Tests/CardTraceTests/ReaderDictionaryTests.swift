import CardTrace
import Testing

/// Commands of class FF, which a reader answers itself.
@Suite struct ReaderDictionaryTests {
    @Test(arguments: [
        ("FFA400000106", "9000", "SELECT CARD TYPE  type=SLE 4432, 4442, 5532, 5542"),
        ("FF0100000103", "9000", "SELECT PAGE SIZE  page=8 bytes"),
        ("FFCA000000", "04A1B2C39000", "GET DATA serial number"),
        ("FFB0001004", "010203049000", "READ BINARY page=0 at=16"),
        ("FFB1000004", "070000009000", "READ ERROR COUNTER"),
        ("FFB2000004", "FCFFFFFF9000", "READ PROTECTION BITS"),
        ("FFD0012002ABCD", "9000", "WRITE page=1 at=32  data=ABCD"),
        ("FFD1000002A213", "9000", "WRITE PROTECTION page=0 at=0  data=A213"),
        ("FFD6000401EF", "9000", "UPDATE BINARY page=0 at=4  data=EF"),
        ("FF860000050100046000", "9000", "GENERAL AUTHENTICATE  version=01 address=4 key type=A key=00"),
    ])
    func `a command to the reader is named`(command: String, response: String, text: String) throws {
        for select in [nil, "00A4040007F05653544F524500", "00A4040008A00000015100000000"] {
            let before = select.map { [($0, "9000")] } ?? []
            let lines = try TraceDecodingTests.lines(before + [(command, response)])
            #expect(lines[0].hasSuffix("  " + text), "\(lines[0])")
        }
    }

    /// The second byte of the status word is the error counter (ACR38x reference manual 6.02, 9.2).
    @Test(arguments: [
        ("9007", "code right"), ("9003", "code wrong, error counter 3"), ("9001", "code wrong, error counter 1"),
        ("9000", "no try left: locked"),
    ])
    func `a presented code's status is its error counter`(status: String, text: String) throws {
        let lines = try TraceDecodingTests.lines([("FF20000003A1B2C3", status)])
        #expect(lines[0].hasSuffix("  PRESENT CODE  code=••"))
        #expect(lines[1].hasPrefix("< \(status)  \(text)  "), "\(lines[1])")
    }

    @Test(arguments: ["FF200000", "FFD20001", "FF820001", "FFC20001"]) func `no code and no key is shown`(
        header: String
    ) throws {
        let secret: [UInt8] = [0xA1, 0xB2, 0xC3]
        for command in ["\(header)03A1B2C3", "\(header)03A1B2C300", "\(header)000003A1B2C3"] {
            var decoder = TraceDecoder(try APDUDictionary())
            let decoded = decoder.decode(try TraceDecodingTests.event(command, "9000"))
            for text in TraceText().lines(for: decoded) + [TraceJSON().line(for: decoded)] {
                #expect(TraceSecrecyTests.leak(secret, into: text) == nil, "\(command)")
            }
        }
    }
}
