import CardTrace
import TestSupport
import Testing

/// Header, data and status word on lines of their own, as the protocol T=0 sends them.
@Suite struct SplitExchangeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let lines: [String]
        let exchanges: [String]
        var unsure: [Int] = []
        var skipped: [Int] = []
        var testDescription: String { lines.joined(separator: " / ") }
    }

    static let pin = "0020008104•••••••• 9000"

    static let cases: [Case] = [
        Case(lines: ["0020008104", "31323334", "9000"], exchanges: [pin]),
        Case(lines: ["> 0020008104", "> 31323334", "< 9000"], exchanges: [pin]),
        Case(lines: ["0020008104", "20", "31323334", "9000"], exchanges: [pin]),
        Case(lines: ["0020008104", "60", "20", "31323334", "9000"], exchanges: [pin]),
        Case(lines: ["> 0020008104", "< DF", "> 31", "> 32", "> 33", "> 34", "< 9000"], exchanges: [pin]),
        Case(lines: ["0020008104", "3132", "3334", "9000"], exchanges: [pin]),
        // With an expected length behind the data, and an extended length before them.
        Case(lines: ["0020008104", "3132333400", "9000"], exchanges: ["0020008104••••••••00 9000"]),
        Case(lines: ["00200081000004", "31323334", "9000"], exchanges: ["00200081000004•••••••• 9000"]),
        // Data whose number is not announced may be any part of it.
        Case(lines: ["00200081", "31323334", "9000"], exchanges: ["00200081•••••••• 9000"], unsure: [2]),
        Case(lines: ["00200081", "> 31323334", "9000"], exchanges: ["00200081•••••••• 9000"], unsure: [2]),
        Case(lines: ["0020008104", "3132333435", "6700"], exchanges: ["00200081•••••••••••• 6700"], unsure: [2]),
        Case(lines: ["0020008104", "313233343536", "6700"], exchanges: ["00200081•••••••••••••• 6700"], unsure: [2]),
        Case(lines: ["0020008108", "31323334", "6700"], exchanges: ["00200081•••••••••• 6700"], unsure: [2]),
        Case(lines: ["0020008104", "31323334"], exchanges: ["0020008104•••••••• -"]),
        Case(lines: ["0020008108", "31323334"], exchanges: ["00200081•••••••••• -"], unsure: [2]),
        // A PIN that looks like a command, and one that ends as an answer does.
        Case(lines: ["0020008104", "00A40000", "63C2"], exchanges: ["0020008104•••••••• 63C2"]),
        Case(lines: ["0020008104", "31329000", "63C2"], exchanges: ["0020008104•••••••• 63C2"]),
        // Other commands.
        Case(lines: ["00A4040007", "A0000000031010", "9000"], exchanges: ["00A4040007A0000000031010 9000"]),
        Case(lines: ["00A4040007", "A4", "A0000000031010", "9000"], exchanges: ["00A4040007A0000000031010 9000"]),
        Case(lines: ["A0A4000002", "7F20", "9F16"], exchanges: ["A0A40000027F20 9F16"]),
        Case(lines: ["A0A4000002", "6F07", "9F0F"], exchanges: ["A0A40000026F07 9F0F"]),
        Case(lines: ["A0A4000002", "6F07", "00CA010000", "6D00"], exchanges: ["A0A4000002 6F07", "00CA010000 6D00"]),
        Case(lines: ["FF00000009", "D44201 1B12345678AA", "9000"], exchanges: ["FF00000009D442011B•••••••••• 9000"]),
        // The answer's data.
        Case(lines: ["00B0000008", "0102030405060708", "9000"], exchanges: ["00B0000008 01020304050607089000"]),
        Case(lines: ["00B0000008", "B0", "0102030405060708", "9000"], exchanges: ["00B0000008 01020304050607089000"]),
        Case(
            lines: ["> 00B0000008", "< 0102030405060708", "< 9000"], exchanges: ["00B0000008 01020304050607089000"]),
        Case(
            lines: ["00B0000008", "0102030405060708", "00CA010000", "6D00"],
            exchanges: ["00B0000008 -", "00CA010000 6D00"], skipped: [2]),
        // A status that was asked for, and commands alone.
        Case(lines: ["00200081", "63C2", "0020008104", "63C2"], exchanges: ["00200081 63C2", "0020008104 63C2"]),
        Case(
            lines: ["00200081", "00A4040007A0000000031010", "00A4040000", "00B0000004", "00A40000"],
            exchanges: ["00200081 -", "00A4040007A0000000031010 -", "00A4040000 -", "00B0000004 -", "00A40000 -"]),
        // Fewer bytes than a header has.
        Case(
            lines: ["00", "A4", "04", "00", "07", "00CA010000", "6D00"], exchanges: ["00CA010000 6D00"],
            skipped: [1, 2, 3, 4, 5]),
        Case(lines: ["0020", "0081", "0431", "3233", "34", "9000"], exchanges: [], skipped: [1, 2, 3, 4, 5, 6]),
    ]

    @Test(arguments: cases) func `parts are joined`(given: Case) throws {
        let log = try ReadLog(given.lines, as: .hex)
        #expect(log.exchanges == given.exchanges)
        #expect(log.report.unsure.first == given.unsure)
        #expect(log.skipped == given.skipped)
    }

    /// However a VERIFY is cut into lines, and whatever marks these have, its PIN is nowhere.
    @Test(arguments: ["83650917", "1234", "00A40917"]) func `no cut shows a PIN`(digits: String) throws {
        let pin = digits.utf8.count == 8 && digits.hasPrefix("00") ? hex(digits) : Array(digits.utf8)
        let command = [0x00, 0x20, 0x00, 0x81, UInt8(pin.count)] + pin
        for first in 1..<command.count {
            for second in first..<command.count {
                for mark in first < 4 ? [""] : ["", "> "] {
                    let parts = [command[..<first], command[first..<second], command[second...]]
                    let lines = parts.filter { !$0.isEmpty }.map { mark + $0.map { String(format8: $0) }.joined() }
                    let outputs = try AllOutputs(
                        marked: false, ["00CA010000", "6D00"] + lines + [mark.isEmpty ? "9000" : "< 9000"])
                    #expect(!outputs.finds(pin), "\(lines) \(outputs.text)")
                }
            }
        }
    }

    /// Any lines are read in some way.
    @Test func `no order of lines ends the reading`() throws {
        var random = SeededGenerator(seed: 11)
        let words = [
            "0020008104", "00200081", "00B0000004", "A0A4000002", "6F07", "9000", "31323334", "60", "20", "B0", "> 31",
            "< 9000", "< 31323334", "00A4040000", "00200081000004", "0x00, 0x20,", "3B80800101", "odd", "FF00000004",
        ]
        for _ in 0..<500 {
            let lines = (0..<12).map { _ in words.randomElement(using: &random) ?? "" }
            let log = try ReadLog(lines, as: .hex)
            #expect(log.report.lines == lines.count + 1 || log.report.lines == lines.count)
        }
    }
}

extension String {
    /// A byte as two digits.
    fileprivate init(format8 byte: UInt8) {
        self = (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}
