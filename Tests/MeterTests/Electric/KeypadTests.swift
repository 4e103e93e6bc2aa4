import Meter
import Testing
import ValueProtocol

/// Requests made with a meter's keys.
@Suite struct KeypadTests {
    /// Presses the keys given as text: digits, `*`, `#`.
    private static func press(_ text: String, _ keypad: inout Keypad) -> [Keypad.Request] {
        text.compactMap { character in
            switch character {
            case "*": keypad.press(.cancel)
            case "#": keypad.press(.enter)
            default: keypad.press(.digit(UInt8(character.wholeNumberValue ?? 0)))
            }
        }
    }

    @Test(
        arguments: [
            ("1", [.show(.balance)]), ("7", [.show(.message)]), ("8", [.show(.channel(1))]),
            ("888", [.show(.channel(1)), .show(.channel(2)), .show(.channel(1))]),
            ("9#", [.emergency]), ("9", []), ("9*#", [.show(.power)]), ("91#", [.emergency]),
            ("0#", [.redeem(.all)]), ("025#", [.redeem(Amount(rawValue: 25_000_000))]),
            ("0259*#", [.redeem(Amount(rawValue: 25_000_000))]), ("00#", [.redeem(.zero)]),
            ("0123456789#", [.redeem(Amount(rawValue: 123_456_789_000_000))]),
            ("01234567891#", [.redeem(Amount(rawValue: 123_456_789_000_000))]),
            ("0***1", [.show(.balance)]), ("*", []),
        ] as [(String, [Keypad.Request])])
    func `keys ask for`(_ keys: String, _ requests: [Keypad.Request]) {
        var keypad = Keypad(channels: 2)
        #expect(Self.press(keys, &keypad) == requests)
        if requests.last != nil { #expect(keypad.entry == [] && keypad.prompt == nil) }
    }

    @Test func `enter goes through all pages`() {
        var keypad = Keypad(channels: 2)
        let pages: [DisplayPage] = [
            .power, .use, .tariff, .debt, .transfer, .message, .next, .month, .standingCharge, .daysLeft, .channel(1),
            .channel(2), .balance,
        ]
        #expect(Self.press("#############", &keypad) == pages.map { .show($0) })
    }

    @Test func `what is typed is shown until it is confirmed`() {
        var keypad = Keypad(channels: 1)
        _ = Self.press("0", &keypad)
        #expect(keypad.prompt == ["FROM CARD    ALL", "YES: #     NO: *"])
        _ = Self.press("25", &keypad)
        #expect(keypad.prompt == ["FROM CARD     25", "YES: #     NO: *"])
        keypad.show(.use)
        #expect(keypad.prompt == nil && keypad.page == .use)
        _ = Self.press("9", &keypad)
        #expect(keypad.prompt == ["EMERGENCY CREDIT", "YES: #     NO: *"])
    }
}
