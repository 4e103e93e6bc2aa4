public import ISO7816

/// A command of a script: bytes and variables.
public struct ScriptCommand: Sendable, Hashable, CustomStringConvertible {
    let elements: [ScriptElement]
    /// The source text, which contains no variable's value.
    public let description: String
    /// Whether the bytes are sent as they are, also where they are not a command APDU, and the answer is not followed.
    public let isVerbatim: Bool

    init(_ elements: [ScriptElement], description: String, isVerbatim: Bool = false) {
        self.elements = elements
        self.description = description
        self.isVerbatim = isVerbatim
    }

    /// A command without variables.
    public init(_ command: CommandAPDU) {
        elements = command.bytes.map { .byte(value: $0, mask: 0xFF) }
        description = command.bytes.hexadecimal(separator: " ")
        isVerbatim = false
    }

    /// The line of a script that sends it.
    package var line: String { isVerbatim ? "#: bytes \(description)" : description }

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
    public static func == (a: Self, b: Self) -> Bool { a.elements == b.elements && a.isVerbatim == b.isVerbatim }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(elements)
        hasher.combine(isVerbatim)
    }

    /// Its bytes as a channel takes them.
    ///
    /// - Throws: `APDUError` where they are not a command APDU and are not sent verbatim.
    func message(_ bytes: [UInt8]) throws(APDUError) -> Message {
        isVerbatim ? .bytes(bytes) : .command(try CommandAPDU(bytes))
    }

    /// What goes over a channel.
    enum Message {
        case command(CommandAPDU)
        /// Whatever they are.
        case bytes([UInt8])

        func send(over channel: some CardChannel) throws(CardError) -> ResponseAPDU {
            switch self {
            case .command(let command): try channel.transmit(command)
            case .bytes(let bytes): try channel.transmit(bytes: bytes)
            }
        }
    }
}
