/// A JSON value whose members keep their order (RFC 8259).
///
/// Amounts are written as text, `"12.50"`, so that no program loses micro-units in a floating-point number. A member
/// without a value is left out of its object. docs/json describes what each command writes.
enum JSONValue: Sendable, CustomStringConvertible {
    case text(String)
    case number(Int)
    /// A measured value; absent where it is not a number.
    case decimal(Double)
    case truth(Bool)
    /// Absent: a member with it is left out.
    case null
    case list([JSONValue])
    case object([(name: String, value: JSONValue)])

    /// On one line.
    var description: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let number): String(number)
        case .decimal(let number): number.isFinite ? "\(number)" : "null"
        case .truth(let truth): truth ? "true" : "false"
        case .null: "null"
        case .list(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.filter { !$0.value.isAbsent }.map { "\(Self.quoted($0.name)):\($0.value)" }
                .joined(separator: ",") + "}"
        }
    }

    private var isAbsent: Bool {
        switch self {
        case .null: true
        case .decimal(let number): !number.isFinite
        default: false
        }
    }

    /// An object with one more member.
    func with(_ name: String, _ value: JSONValue) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members + [(name: name, value: value)])
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral text: String) { self = .text(text) }
    init(integerLiteral number: Int) { self = .number(number) }
    init(booleanLiteral truth: Bool) { self = .truth(truth) }
    init(arrayLiteral values: JSONValue...) { self = .list(values) }
    init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(members.map { (name: $0.0, value: $0.1) })
    }

    /// The description of `value`, or absent.
    init(_ value: (some CustomStringConvertible)?) { self = value.map { .text("\($0)") } ?? .null }
}
