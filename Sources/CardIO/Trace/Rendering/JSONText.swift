/// JSON whose members keep the order in which they were given (RFC 8259), so that lines are pleasant to read.
indirect enum JSONText: CustomStringConvertible {
    case string(String)
    case number(UInt64)
    /// A number of thousandths, with as many decimal places as it needs: `52.125`.
    case thousandths(UInt64)
    case array([JSONText])
    case object([(String, JSONText)])

    var description: String {
        var text = ""
        write(to: &text)
        return text
    }

    /// Into one text: texts of the parts, put together again and again, cost more than all the rest of a line.
    private func write(to text: inout String) {
        switch self {
        case .string(let value): Self.quote(value, to: &text)
        case .number(let number): text += String(number)
        case .thousandths(let number): text += Self.decimal(number)
        case .array(let values):
            text += "["
            for (place, value) in values.enumerated() {
                if place > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (place, member) in members.enumerated() {
                if place > 0 { text += "," }
                Self.quote(member.0, to: &text)
                text += ":"
                member.1.write(to: &text)
            }
            text += "}"
        }
    }

    private static func decimal(_ thousandths: UInt64) -> String {
        guard thousandths % 1000 != 0 else { return String(thousandths / 1000) }
        var places = String(thousandths % 1000 + 1000).dropFirst()
        while places.last == "0" { places.removeLast() }
        return "\(thousandths / 1000).\(places)"
    }

    private static func quote(_ value: String, to text: inout String) {
        text += "\""
        if value.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            text += value
        } else {
            for scalar in value.unicodeScalars {
                switch scalar {
                case "\"", "\\": text += "\\\(scalar)"
                case _ where scalar.value < 0x20: text += "\\u00\(UInt8(scalar.value).hexadecimalDigits)"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }
}
