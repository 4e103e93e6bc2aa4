import ISO7816

/// The variables of a script.
public struct ScriptVariables: Sendable {
    /// The value of a variable.
    public enum Value: Sendable, Hashable {
        /// Bytes, as from an answer.
        case bytes([UInt8])
        /// Characters, as from a file: `${name}` reads them as hexadecimal digits, `${name.text}` as text.
        case text(String)
    }

    private var values: [String: Value] = [:]
    /// The variables that are never shown.
    private(set) var secretNames: Set<String> = []
    /// Former values of secrets: other variables may still contain them.
    private var formerSecrets: Set<[UInt8]> = []

    /// Whether `text` can name a variable: letters, digits and underscores, no digit first.
    public static func isName(_ text: String) -> Bool { ScriptScanner.isName(text) }

    /// No variables.
    public init() {}

    /// The initial variables of a script.
    ///
    /// - Parameters:
    ///   - script: says which of its variables are secret.
    ///   - definitions: of variables that are not secret, the last of a name counting.
    ///   - secrets: the values of secrets that are known.
    ///   - columns: of the script's table: a secret with a column is hidden, and has the value of its row.
    ///   - ask: called for each other secret.
    /// - Throws: what `ask` threw.
    public init(
        of script: Script, definitions: [(name: String, value: String)], secrets: [String: String],
        columns: Set<String>, ask: (_ secret: String) throws -> String
    ) rethrows {
        for (name, value) in definitions { values[name] = .text(value) }
        for name in script.secrets {
            if let value = secrets[name] {
                setSecret(name, .text(value))
            } else if columns.contains(name) {
                hide(name)
            } else {
                setSecret(name, .text(try ask(name)))
            }
        }
    }

    /// The parts of `name=value`; nil where it is not one.
    public static func definition(_ text: String) -> (name: String, value: String)? {
        guard let sign = text.firstIndex(of: "=") else { return nil }
        let name = String(text[..<sign])
        return isName(name) ? (name, String(text[text.index(after: sign)...])) : nil
    }

    /// A variable; nil where it was never set.
    public subscript(name: String) -> Value? {
        get { values[name] }
        set {
            if secretNames.contains(name), newValue != values[name] { formerSecrets.formUnion(forms(of: name)) }
            values[name] = newValue
        }
    }

    /// The names of all set variables, sorted.
    public var names: [String] { values.keys.sorted() }

    /// Sets a variable that is never shown: it is masked in traces and results.
    public mutating func setSecret(_ name: String, _ value: Value) {
        self[name] = value
        hide(name)
    }

    /// Marks a variable as never shown, whatever value it gets later.
    public mutating func hide(_ name: String) { secretNames.insert(name) }

    /// Whether the variable is never shown.
    public func isSecret(_ name: String) -> Bool { secretNames.contains(name) }

    /// The bytes of every secret, in each form in which a line can use it.
    public var secrets: [[UInt8]] { secretNames.sorted().flatMap(forms) + formerSecrets }

    private func forms(of name: String) -> [[UInt8]] {
        let forms: [[UInt8]] =
            switch values[name] {
            case .bytes(let bytes): [bytes]
            case .text(let text): [[UInt8](hexadecimal: text.filter { !$0.isWhitespace }) ?? [], Array(text.utf8)]
            case nil: []
            }
        return forms.filter { !$0.isEmpty }
    }

    /// The bytes of a reference; throws the reason where there are none.
    func bytes(_ reference: ScriptReference) throws(ScriptScanner.Failure) -> [UInt8] {
        let bytes: [UInt8]
        switch values[reference.name] {
        case .bytes(let value): bytes = value
        case .text(let text) where reference.isText: bytes = Array(text.utf8)
        case .text(let text):
            guard let digits = [UInt8](hexadecimal: text.filter { !$0.isWhitespace }) else {
                throw ScriptScanner.Failure(code: .notDigits, offset: reference.column, name: reference.name)
            }
            bytes = digits
        case nil:
            throw ScriptScanner.Failure(
                code: .unknownVariable, offset: reference.column, name: reference.name)
        }
        guard reference.isCount else { return bytes }
        guard let count = UInt8(exactly: bytes.count) else {
            throw ScriptScanner.Failure(
                code: .countTooLarge, offset: reference.column, name: reference.name)
        }
        return [count]
    }
}
