/// JSON whose members keep the order in which they were given (RFC 8259), so that lines are pleasant to read.
indirect enum JSONText: CustomStringConvertible {
    case string(String)
    case number(UInt64)
    /// A number of thousandths, with as many decimal places as it needs: `52.125`.
    case thousandths(UInt64)
    case array([JSONText])
    case object([(String, JSONText)])

    var description: String {
        switch self {
        case .string(let text): Self.quoted(text)
        case .number(let number): String(number)
        case .thousandths(let number): Self.decimal(number)
        case .array(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
        }
    }

    private static func decimal(_ thousandths: UInt64) -> String {
        guard thousandths % 1000 != 0 else { return String(thousandths / 1000) }
        var places = String(thousandths % 1000 + 1000).dropFirst()
        while places.last == "0" { places.removeLast() }
        return "\(thousandths / 1000).\(places)"
    }

    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        if isPlain { return "\"\(text)\"" }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                quoted += "\\u00\(UInt8(scalar.value).hexadecimalDigits)"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
