import Meter
import Metrology
import ValueElement
import ValueProtocol

extension ElectricReading {
    /// The reading as JSON, for programs.
    var json: JSONValue {
        [
            "meter": .text("\(id)"), "state": .name(state), "display": .list(display(.balance).map { .text($0) }),
            "balance": JSONValue(purse?.balance), "remaining": .text("\(remaining)"), "value": .text("\(value)"),
            "currency": JSONValue(purse?.currency), "spent": .text("\(spent)"), "debt": .text("\(debt)"),
            "forfeited": .text("\(forfeited)"),
            "imported": .list(imported.map { .number(Int($0.microjoules / Energy.microjoulesPerWattHour)) }),
            "exported": .list(exported.map { .number(Int($0.microjoules / Energy.microjoulesPerWattHour)) }),
            "unit": "Wh", "supply": .text(decision.isOn ? "on" : "off"), "reason": .name(decision.reason),
            "price": .text("\(price)"), "percent": .number(Int(percent)), "anglePercent": .number(Int(anglePercent)),
            "sealBroken": .truth(isSealBroken), "reversedChannels": .list(reversedChannels.map { .number($0) }),
            "exceededChannels": .list(exceededChannels.map { .number($0) }),
            "messages": .list(messages.map { .text($0) }),
        ]
    }

    /// The display in its frame, and what does not fit into it.
    var lines: [String] {
        let bar = "+" + String(repeating: "-", count: 18) + "+"
        let currency = purse.map { " \($0.currency)" } ?? ""
        let used = imported.map { Self.kilowattHours($0) }.joined(separator: ", ")
        return [bar] + display(.balance).map { "| \($0) |" } + [
            bar, "\(id.kind) \(id), \(state), supply \(decision.isOn ? "on" : "off"): \(decision.reason)",
            "\(price)\(currency) per kWh, \(percent) %; \(used) kWh used, \(spent)\(currency) spent",
        ] + (debt > .zero ? ["\(debt)\(currency) owed"] : []) + (isSealBroken ? ["seal broken"] : [])
            + faultyRelays.map { "the relay of channel \($0) does not follow" }
            + reversedChannels.map { "energy of channel \($0) is reversed" }
            + exceededChannels.map { "channel \($0) is out of range: more flows than is counted" }
    }

    /// With three decimals.
    static func kilowattHours(_ energy: Energy) -> String {
        let wattHours = energy.microjoules / Energy.microjoulesPerWattHour
        return "\(wattHours / 1000)." + String(1000 + wattHours % 1000).dropFirst()
    }
}
