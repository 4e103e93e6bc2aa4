public import ValueProtocol

/// The twelve keys of an electric meter, and what is asked for by them.
///
/// 1 to 8 show a page at once: balance, power, use, rate, debt, transfer, messages, and the channels one after the other.
/// Enter shows the next page. What moves value or lends it is typed and then confirmed by enter: 9 asks for emergency
/// credit, 0 takes from the card in the slot, and digits after it say how many whole units of its currency. Cancel takes
/// back the last digit.
public struct Keypad: Sendable, Hashable {
    /// A key.
    public enum Key: Sendable, Hashable {
        /// 0 to 9.
        case digit(UInt8)
        /// Marked with a star.
        case cancel
        /// Marked with a number sign.
        case enter
    }

    /// What the keys ask for.
    public enum Request: Sendable, Hashable {
        case show(DisplayPage)
        case emergency
        /// From the card in the slot; `Amount.all` for all there is.
        case redeem(Amount)
    }

    /// Digits that wait for enter.
    public private(set) var entry: [UInt8] = []
    /// What is shown where nothing is typed.
    public private(set) var page = DisplayPage.balance
    private let channels: Int

    /// More could not be shown, and no purse holds more.
    private static let longest = 10
    private static let unit: UInt64 = 1_000_000

    /// - Parameter channels: that the meter has.
    public init(channels: Int) { self.channels = max(1, channels) }

    /// Takes a key.
    ///
    /// - Returns: what is to be done now, or nil.
    public mutating func press(_ key: Key) -> Request? {
        switch key {
        case .cancel:
            if !entry.isEmpty { entry.removeLast() }
            return nil
        case .enter: return entry.isEmpty ? turn(to: page.next(channels: channels)) : confirm()
        case .digit(let digit):
            guard entry.isEmpty else {
                type(digit)
                return nil
            }
            switch digit {
            case 1...7: return turn(to: DisplayPage.fixed[Int(digit) - 1])
            case 8:
                guard case .channel(let number) = page else { return turn(to: .channel(1)) }
                return turn(to: .channel(number % channels + 1))
            default:
                type(digit)
                return nil
            }
        }
    }

    /// Shows a page without a key; what was typed is forgotten.
    public mutating func show(_ page: DisplayPage) {
        self.page = page
        entry = []
    }

    private mutating func turn(to page: DisplayPage) -> Request {
        show(page)
        return .show(page)
    }

    private mutating func type(_ digit: UInt8) {
        // After the 9 nothing can follow.
        guard digit <= 9, entry.count < Keypad.longest, entry != [9] else { return }
        entry.append(digit)
    }

    private mutating func confirm() -> Request {
        defer { entry = [] }
        guard entry.first == 0 else { return .emergency }
        let units = entry.reduce(0 as UInt64) { $0 * 10 + UInt64($1) }
        // A zero alone names no amount; one after it asks for nothing.
        return .redeem(entry.count == 1 ? .all : Amount(rawValue: units * Keypad.unit))
    }

    /// Two lines of sixteen characters that ask for confirmation; nil where nothing is typed.
    public var prompt: [String]? {
        guard let first = entry.first else { return nil }
        guard first == 0 else { return [DisplayLine.of("EMERGENCY CREDIT", ""), DisplayLine.of("YES: #", "NO: *")] }
        let typed = entry.dropFirst().map { String($0) }.joined()
        return [DisplayLine.of("FROM CARD", typed.isEmpty ? "ALL" : typed), DisplayLine.of("YES: #", "NO: *")]
    }
}
