import Meter
import MeterBench
import ValueProtocol

extension BenchRemark {
    /// In words.
    var text: String {
        switch self {
        case .noChannel(let number): "there is no channel \(number)"
        case .contact(let channel, let isStuck):
            "the contact of channel \(channel) \(isStuck ? "is stuck" : "moves again")"
        case .loadByProfile: "load by the profile"
        case .noProfile: "there is no profile"
        case .noPower: "the meter has no power"
        case .emergencyAsked: "emergency credit asked for"
        case .noEmergency: "there is no emergency credit now"
        case .cardWaits: "card in; the meter has no power"
        case .card(let card, let interface):
            "card \(card.id), \(card.state): "
                + (card.purses.isEmpty
                    ? "no purse"
                    : card.purses.map { "\($0.service) \($0.balance.money(in: $0.currency))" }.joined(separator: ", "))
                + (interface.map { ", by \($0.text)" } ?? "")
        case .cardOut: "card out"
        case .redeemed(let done):
            "redeemed \(done.drawn)"
                + (done.recovered > .zero ? " and \(done.recovered) of an interrupted redemption" : "")
                + "; on the card \(done.cardBalance)"
        case .failed(let error): explained(error)
        }
    }

    /// For programs: its time and name, its values, and its text for people.
    func json(at time: Timestamp) -> JSONValue {
        let (name, values): (String, [(name: String, value: JSONValue)]) =
            switch self {
            case .noChannel(let number): ("no-channel", [("channel", .number(number))])
            case .contact(let channel, let isStuck):
                ("contact", [("channel", .number(channel)), ("stuck", .truth(isStuck))])
            case .loadByProfile: ("load-by-profile", [])
            case .noProfile: ("no-profile", [])
            case .noPower: ("no-power", [])
            case .emergencyAsked: ("emergency-asked", [])
            case .noEmergency: ("no-emergency", [])
            case .cardWaits: ("card-waits", [])
            case .card(let card, _): ("card-in", [("card", .text("\(card.id)")), ("state", .name(card.state))])
            case .cardOut: ("card-out", [])
            case .redeemed(let done):
                (
                    "redeemed",
                    [
                        ("drawn", .text("\(done.drawn)")), ("recovered", .text("\(done.recovered)")),
                        ("cardBalance", .text("\(done.cardBalance)")),
                    ]
                )
            case .failed(let error): ("failed", [("error", .error(error))])
            }
        return .object([("time", .moment(time)), ("remark", .text(name))] + values + [("message", .text(text))])
    }
}

extension CardInterface {
    /// In words.
    fileprivate var text: String { "T=\(protocolNumber) at \(MeterFace.fixed(Double(millivolts) / 1000, 1)) V" }
}
