internal import ValueProtocol

extension CardSlot {
    /// Two lines of sixteen characters per page: one page for the card, then one per purse.
    public var display: [[String]] {
        switch content {
        case .empty: return [Self.page("INSERT CARD")]
        case .unusable(let error): return [Self.page(error.code == .interrupted ? "PUT CARD AGAIN" : "CARD UNKNOWN")]
        case .card(let card):
            let state =
                switch card.state {
                case .issued: card.purses.isEmpty ? "NO PURSE" : ""
                case .blank: "NOT ISSUED"
                case .blocked, .terminated: "BLOCKED"
                }
            let purses = card.purses.map { purse in
                let hundredths = purse.balance.rawValue / 10_000
                let cents = String(100 + hundredths % 100).dropFirst()
                return Self.page("\(purse.service)".uppercased(), "\(purse.currency)", "\(hundredths / 100).\(cents)")
            }
            return [Self.page("CARD \(card.id.number)", state)] + purses
        }
    }

    private static func page(_ first: String, _ left: String = "", _ right: String = "") -> [String] {
        [DisplayLine.of(first, ""), DisplayLine.of(left, right)]
    }
}
