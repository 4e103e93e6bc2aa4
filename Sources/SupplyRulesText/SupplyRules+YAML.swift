public import ValueProtocol
import Yams

extension SupplyRules {
    /// The longest text, in bytes: rules have at most 2,000 bytes, and each of them can be explained at length.
    public static let maxTextByteCount = 200_000

    /// Aliases of aliases multiply what they stand for, and the parser compares keys as a whole.
    static let maxAliasCount = 8

    /// Reads rules from a file in YAML that a person wrote; its form is in `docs/supply-rules.schema.json`.
    ///
    /// - Parameter text: one document.
    /// - Throws: `SupplyRulesTextError`, with the line, the field, and what is allowed there.
    public init(yaml text: String) throws(SupplyRulesTextError) {
        guard text.utf8.count <= SupplyRules.maxTextByteCount else { throw SupplyRulesTextError(.tooLong, line: nil) }
        guard text.aliasCount <= SupplyRules.maxAliasCount else {
            throw SupplyRulesTextError(.tooManyAliases, line: nil)
        }
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw SupplyRulesTextError(.notYAML, line: (error as? YamlError)?.line, cause: error)
        }
        guard let root else { throw SupplyRulesTextError(.notYAML, line: nil, allowed: "rules, such as id: 1") }
        self = try RulesReader().rules(TextNode(node: root, path: ""))
    }
}

extension String {
    /// How many aliases there can be: a `*` at the beginning of a word. In comments and quotations there are others.
    fileprivate var aliasCount: Int {
        var count = 0
        var isAtBeginning = true
        for character in utf8 {
            if character == UInt8(ascii: "*"), isAtBeginning { count += 1 }
            isAtBeginning = character <= 0x20 || " [{,:-?!".utf8.contains(character)
        }
        return count
    }
}

extension YamlError {
    /// From 1; nil where the parser does not know it.
    fileprivate var line: Int? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: nil
        }
    }
}
