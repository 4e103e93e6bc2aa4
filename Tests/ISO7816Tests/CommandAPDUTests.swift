import ISO7816
import Testing

@Suite struct CommandAPDUTests {
    @Test(arguments: [
        ("00A40400", "1", 0, nil as Int?),
        ("00B0000000", "2S", 0, 256),
        ("00CA010205", "2S", 0, 5),
        ("00D60000020102", "3S", 2, nil),
        ("00A4040007F05653544F524500", "4S", 7, 256),
        ("00B00000000000", "2E", 0, 65_536),
        ("00B00000000100", "2E", 0, 256),
        ("00D60000000002AABB", "3E", 2, nil),
        ("00D60000000002AABB0000", "4E", 2, 65_536),
    ])
    func `every case parses and builds again`(hex: String, form: String, dataCount: Int, expected: Int?) throws {
        let bytes = stride(from: 0, to: hex.count, by: 2).map { offset in
            let start = hex.index(hex.startIndex, offsetBy: offset)
            return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16)!
        }
        let command = try CommandAPDU(bytes)
        #expect(command.form.rawValue == form)
        #expect(command.data.count == dataCount)
        #expect(command.expectedLength == expected)
        let again = try CommandAPDU(
            cla: command.cla, ins: command.ins, p1: command.p1, p2: command.p2, data: command.data,
            expectedLength: command.expectedLength, extended: command.form.isExtended)
        #expect(again.bytes == bytes)
    }
}
