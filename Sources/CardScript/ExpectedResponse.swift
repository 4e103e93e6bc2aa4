public import ISO7816

/// An expected answer in a script: `9000`, `61xx`, `00A1B2C3 * 9000`, `84 ${#aid} ${aid} *{2-8} 9000`.
///
/// Four digits are a status word, with any data before it; more are the whole answer. `x` stands for any digit, `*` for
/// any number of bytes, `*{8}` for eight of them, `*{1-16}` for one to sixteen, and `${name}` for the value of a
/// variable.
public struct ExpectedResponse: Sendable, Hashable, CustomStringConvertible {
    private let data: BytesPattern
    private let status: BytesPattern
    /// Whether the data are compared: not for a status word alone.
    let comparesData: Bool
    /// The source text, which contains no variable's value.
    public let description: String

    /// Parses the text after `#=`; nil where it is not valid.
    public init?(_ text: some StringProtocol) {
        do throws(ScriptScanner.Failure) { try self.init(scanning: text, column: 1) } catch { return nil }
    }

    init(scanning text: some StringProtocol, column: Int) throws(ScriptScanner.Failure) {
        var scanner = ScriptScanner(text, column: column)
        let elements = try scanner.elements()
        let tail = elements.suffix(2)
        let endsWithStatus = tail.count == 2 && tail.allSatisfy { if case .byte = $0 { true } else { false } }
        guard endsWithStatus else { throw ScriptScanner.Failure(code: .badExpectation, offset: 0) }
        data = BytesPattern(Array(elements.dropLast(2)))
        status = BytesPattern(Array(tail))
        comparesData = elements.count > 2
        description = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private init(data: BytesPattern, of other: ExpectedResponse) {
        self.data = data
        status = other.status
        comparesData = other.comparesData
        description = other.description
    }

    /// Replaces variables by their values.
    func resolved(_ variables: ScriptVariables) throws(ScriptScanner.Failure) -> ExpectedResponse {
        ExpectedResponse(data: try data.resolved(variables), of: self)
    }

    /// Whether `response` is as expected. A variable without a value matches nothing.
    public func matches(_ response: ResponseAPDU) -> Bool {
        status.matches(response.status.bytes[...]) && (!comparesData || data.matches(response.data))
    }
}
