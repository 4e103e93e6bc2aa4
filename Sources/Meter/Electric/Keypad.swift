public import ValueProtocol

/// The twelve keys of an electric meter, and the requests made with them.
///
/// 1 to 8 show a page at once: balance, power, use, rate, debt, transfer, messages, and the channels one after the
/// other. Enter shows the next page; others than these follow there. Requests that move or lend value are typed and confirmed with enter: 9 requests
/// emergency credit, 0 redeems the card in the slot, and digits after it give the amount in whole units of its
/// currency. Cancel deletes the last digit.
public struct Keypad: Sendable, Hashable {
    /// A key.
    public enum Key: Sendable, Hashable {
        /// 0 to 9.
        case digit(UInt8)
        /// Labelled with a star.
        case cancel
        /// Labelled with a number sign.
        case enter
    }

    /// A request made with the keys.
    public enum Request: Sendable, Hashable {
        case show(DisplayPage)
        case emergency
        /// From the card in the slot; `Amount.all` for the whole balance.
        case redeem(Amount)
    }

    /// Digits typed and not yet confirmed.
    public private(set) var entry: [UInt8] = []
    /// The page shown when nothing is typed.
    public private(set) var page = DisplayPage.balance
    private let channels: Int

    /// More could not be displayed, and no purse holds more.
    private static let longest = 10
    private static let unit: UInt64 = 1_000_000

    /// - Parameter channels: the number of channels of the meter.
    public init(channels: Int) { self.channels = max(1, channels) }

    /// Handles a key press.
    ///
    /// - Returns: the request to execute now, or nil.
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

    /// Shows a page without a key press; typed digits are cleared.
    public mutating func show(_ page: DisplayPage) {
        self.page = page
        entry = []
    }

    private mutating func turn(to page: DisplayPage) -> Request {
        show(page)
        return .show(page)
    }

    private mutating func type(_ digit: UInt8) {
        // Nothing can follow the 9.
        guard digit <= 9, entry.count < Keypad.longest, entry != [9] else { return }
        entry.append(digit)
    }

    private mutating func confirm() -> Request {
        defer { entry = [] }
        guard entry.first == 0 else { return .emergency }
        let units = entry.reduce(0 as UInt64) { $0 * 10 + UInt64($1) }
        // A single zero means the whole balance; an amount of zero requests nothing.
        return .redeem(entry.count == 1 ? .all : Amount(rawValue: units * Keypad.unit))
    }

    /// Two lines of sixteen characters that ask for confirmation; nil if nothing is typed.
    public var prompt: [String]? {
        guard let first = entry.first else { return nil }
        guard first == 0 else { return [DisplayLine.of("EMERGENCY CREDIT", ""), DisplayLine.of("YES: #", "NO: *")] }
        let typed = entry.dropFirst().map { String($0) }.joined()
        return [DisplayLine.of("FROM CARD", typed.isEmpty ? "ALL" : typed), DisplayLine.of("YES: #", "NO: *")]
    }
}
