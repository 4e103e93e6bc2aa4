import Testing
import ValueProtocol

@testable import Meter

@Suite struct DisplayLineTests {
    /// A number is shown whole or as fewer digits of it with a unit, never as its last or first digits alone.
    @Test(arguments: [
        (0, "EUR         0.00"), (1_234_567_891, "EUR      1234.56"), (999_999_999_999_999, "EUR 999999999.99"),
        (12_345_678_901_234_567, "EUR  12345678901"), (UInt64.max - 1, "EUR 18446744073k"),
    ])
    func `an amount is never shown with digits cut off`(amount: UInt64, line: String) {
        #expect(DisplayLine.of("EUR", forms: DisplayLine.forms(Amount(rawValue: amount))) == line)
    }

    @Test func `a price has all its decimals where they fit`() {
        func line(_ amount: UInt64) -> String {
            DisplayLine.of("per kWh", forms: DisplayLine.forms(Amount(rawValue: amount), isExact: true))
        }
        #expect(line(312_345) == "per kWh 0.312345")
        #expect(line(12_345_678) == "per kWh    12.34")
    }

    @Test func `text that is too long ends in a full stop, and leaves a gap`() {
        #expect(DisplayLine.of("EMERGENCY CREDIT", "") == "EMERGENCY CREDIT")
        #expect(DisplayLine.of("EMERGENCY CREDIT", "+2") == "EMERGENCY CR. +2")
        #expect(DisplayLine.of("W", forms: ["12345678901234567"]) == "****************")
        #expect(DisplayLine.of("A", forms: DisplayLine.forms(thousandths: -1_500, unit: "A")) == "A        -1.500A")
    }
}
