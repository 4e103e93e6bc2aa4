import CardTrace
import ISO7816
import TestSupport
import Testing

/// A card number that is read in several parts of a file is hidden in each.
@Suite struct SpreadNumberTests {
    private static let number = "4761739001010010"
    private static let record = "70145A08\(number)5F3401015F2403251231"

    /// The record in two parts, cut at each byte, with classes that different dictionaries know.
    @Test(arguments: 1..<22, ["00", "A0"]) func `however it is cut`(cut: Int, cla: String) throws {
        let bytes = hex(Self.record)
        let outputs = try AllOutputs([
            cla + "B00000" + [UInt8(cut)].hexadecimal(), bytes[..<cut].hexadecimal() + "9000",
            cla + "B000" + [UInt8(cut), UInt8(bytes.count - cut)].hexadecimal(), bytes[cut...].hexadecimal() + "9000",
        ])
        // Six digits at the end of the first part, which are the issuer's, do not make a card number yet.
        #expect(!outputs.finds(hex("9001010010")), "\(outputs.text)")
        #expect(outputs.text.contains("31 9000"), "\(outputs.text)")
    }

    @Test(arguments: [1, 2, 3, 5, 7, 16]) func `in parts of any length`(count: Int) throws {
        let bytes = hex(Self.record)
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: count) {
            let part = bytes[start..<min(start + count, bytes.count)]
            lines += [
                "> 00B000" + [UInt8(start), UInt8(part.count)].hexadecimal(), "< " + part.hexadecimal() + "9000",
            ]
        }
        #expect(try !AllOutputs(lines).finds(hex("9001010010")))
    }

    /// Parts that overlap, and one whose length was wrong first.
    @Test(arguments: [
        ["00B0000008", "70145A08476173909000", "00B000040C", "\(number)5F3401019000"],
        ["00B0000008", "70145A08476173909000", "00B0000800", "6C0A", "00B000080A", "010100105F3401015F249000"],
        ["00B0820008", "70145A08476173909000", "00B000080A", "010100105F3401015F249000"],
    ])
    func `in parts that meet`(lines: [String]) throws {
        let outputs = try AllOutputs(lines)
        #expect(!outputs.finds(hex("01010010")), "\(outputs.text)")
    }

    /// Other bytes at that place are shown: of another file, or not behind the first part.
    @Test(arguments: [
        ["00B0000006", "70145A0847619000", "00A4020C022F02", "9000", "00B0000606", "7390010100109000"],
        ["00B0000006", "70145A0847619000", "00B0002006", "7390010100109000"],
        ["00B0000006", "01020304050600009000", "00B0000606", "7390010100109000"],
    ])
    func `what is not of it is shown`(lines: [String]) throws {
        #expect(try AllOutputs(lines).finds(hex("739001010010")))
    }
}
