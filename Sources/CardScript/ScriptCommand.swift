public import ISO7816

/// A command of a script: bytes, among them perhaps those of variables.
public struct ScriptCommand: Sendable, Hashable, CustomStringConvertible {
    let elements: [ScriptElement]
    /// As it was written, so that no variable's value is in it.
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

    /// What the longest command has: extended Lc and Le, and 65,535 bytes of data.
    static let greatestCount = 65_544

    /// The names of the variables that it uses.
    public var variables: [String] {
        elements.compactMap { if case .variable(let reference) = $0 { reference.name } else { nil } }
    }

    /// Whether any byte stands in it, and does not come from a variable.
    var hasBytes: Bool { elements.contains { if case .byte = $0 { true } else { false } } }

    /// The bytes with what the variables hold.
    func bytes(_ variables: ScriptVariables) throws(ScriptScanner.Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        for element in elements {
            switch element {
            case .byte(let value, _): bytes.append(value)
            case .variable(let reference): bytes += try variables.bytes(reference)
            case .any: throw ScriptScanner.Failure(code: .strangeCharacter, offset: 1)
            }
            // A variable that is made of itself twice, again and again, would take all memory.
            guard bytes.count <= Self.greatestCount else { throw ScriptScanner.Failure(code: .tooLong, offset: 1) }
        }
        return bytes
    }

    /// Two are equal when they send the same, however they are written.
    public static func == (a: Self, b: Self) -> Bool { a.elements == b.elements }
    public func hash(into hasher: inout Hasher) { hasher.combine(elements) }
}
