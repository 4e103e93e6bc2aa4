public import ISO7816

/// A command of a script: bytes and variables.
public struct ScriptCommand: Sendable, Hashable, CustomStringConvertible {
    let elements: [ScriptElement]
    /// The source text, which contains no variable's value.
    public let description: String

    init(_ elements: [ScriptElement], description: String) {
        self.elements = elements
        self.description = description
    }

    /// A command without variables.
    public init(_ command: CommandAPDU) {
        elements = command.bytes.map { .byte(value: $0, mask: 0xFF) }
        description = command.bytes.hexadecimal(separator: " ")
    }

    /// The command, where it has no variables.
    public var constant: CommandAPDU? {
        do { return try CommandAPDU(bytes(ScriptVariables())) } catch { return nil }
    }

    /// Maximum length of a command: extended Lc and Le, and 65,535 bytes of data.
    static let maxCount = 65_544

    /// The names of the variables that it uses.
    public var variables: [String] {
        elements.compactMap { if case .variable(let reference) = $0 { reference.name } else { nil } }
    }

    /// Whether it contains any literal byte.
    var hasBytes: Bool { elements.contains { if case .byte = $0 { true } else { false } } }

    /// The bytes, with the values of variables.
    func bytes(_ variables: ScriptVariables) throws(ScriptScanner.Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        for element in elements {
            switch element {
            case .byte(let value, _): bytes.append(value)
            case .variable(let reference): bytes += try variables.bytes(reference)
            case .any: throw ScriptScanner.Failure(code: .unexpectedCharacter, offset: 1)
            }
            // A variable that is repeatedly set to itself twice would exhaust the memory.
            guard bytes.count <= Self.maxCount else { throw ScriptScanner.Failure(code: .tooLong, offset: 1) }
        }
        return bytes
    }

    /// Two are equal when they send the same, however written.
    public static func == (a: Self, b: Self) -> Bool { a.elements == b.elements }
    public func hash(into hasher: inout Hasher) { hasher.combine(elements) }
}
