import ValueProtocol
import Yams

/// A value of the text, its line, and the names by which a person finds it.
struct TextNode {
    let node: Node
    /// `seasons 2, begins`; empty for the whole.
    let path: String

    var line: Int? { node.mark.map { $0.line } }

    func error(_ code: SupplyRulesTextError.Code, allowed: String? = nil) -> SupplyRulesTextError {
        SupplyRulesTextError(code, line: line, field: path, allowed: allowed)
    }

    /// The text of a scalar, as it is written.
    func text(_ allowed: String) throws(SupplyRulesTextError) -> String {
        guard let scalar = node.scalar else { throw error(.wrongValue, allowed: allowed) }
        return scalar.string
    }

    /// A value that a scalar's text stands for.
    func value<Value>(
        _ allowed: String, _ parse: (String) -> Value?
    ) throws(SupplyRulesTextError) -> Value {
        guard let value = parse(try text(allowed)) else { throw error(.wrongValue, allowed: allowed) }
        return value
    }

    /// A whole number.
    func number<T: FixedWidthInteger>(_ range: ClosedRange<T>) throws(SupplyRulesTextError) -> T {
        try value("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            text.allSatisfy { ("0"..."9").contains($0) } ? T(text).flatMap { range.contains($0) ? $0 : nil } : nil
        }
    }

    /// An amount in units of the currency.
    func amount() throws(SupplyRulesTextError) -> Amount {
        try value("an amount such as 50 or 0.18, with at most six decimals") { Amount($0) }
    }

    /// The entries of a list.
    func list() throws(SupplyRulesTextError) -> [TextNode] {
        guard let sequence = node.sequence else { throw error(.wrongValue, allowed: "a list") }
        return sequence.enumerated().map { TextNode(node: $1, path: "\(path) \($0 + 1)") }
    }

    /// Names and values, in their order.
    func pairs() throws(SupplyRulesTextError) -> [(name: TextNode, value: TextNode)] {
        guard let mapping = node.mapping else { throw error(.wrongValue, allowed: "fields with values") }
        var pairs: [(name: TextNode, value: TextNode)] = []
        for (key, value) in mapping {
            let name = key.scalar?.string ?? "?"
            let place = path.isEmpty ? name : "\(path), \(name)"
            pairs.append((TextNode(node: key, path: place), TextNode(node: value, path: place)))
        }
        return pairs
    }

    /// Fields of known names.
    func fields(_ names: [String]) throws(SupplyRulesTextError) -> TextFields {
        var fields: [String: TextNode] = [:]
        for (name, value) in try pairs() {
            let text = name.node.scalar?.string ?? "?"
            guard names.contains(text) else {
                throw name.error(.unknownField, allowed: names.joined(separator: ", "))
            }
            fields[text] = value
        }
        return TextFields(owner: self, fields: fields)
    }
}

/// The fields of a mapping.
struct TextFields {
    let owner: TextNode
    let fields: [String: TextNode]

    subscript(name: String) -> TextNode? { fields[name] }

    func required(_ name: String) throws(SupplyRulesTextError) -> TextNode {
        guard let field = fields[name] else {
            let path = owner.path.isEmpty ? name : "\(owner.path), \(name)"
            throw SupplyRulesTextError(.missingField, line: owner.line, field: path)
        }
        return field
    }

    /// The entries of a list that may be left out.
    func list(_ name: String) throws(SupplyRulesTextError) -> [TextNode] { try fields[name]?.list() ?? [] }
}
