public import ISO7816

/// What a script expects of an answer: `9000`, `61xx`, `00A1B2C3 * 9000`, `84 ${#aid} ${aid} *{2-8} 9000`.
///
/// Four digits are a status word and say nothing of the data before it; more are the whole answer. `x` stands for any
/// digit, `*` for any number of bytes, `*{8}` for eight of them, `*{1-16}` for one to sixteen, and `${name}` for what a
/// variable holds.
public struct ExpectedResponse: Sendable, Hashable, CustomStringConvertible {
    private let data: BytesPattern
    private let status: BytesPattern
    /// Whether the data count: not where a status word stands alone.
    let comparesData: Bool
    /// As it was written, so that no variable's value is in it.
    public let description: String

    /// Reads what follows `#=`, or gives nil where it is none.
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

    /// With what the variables hold in the place of their names.
    func resolved(_ variables: ScriptVariables) throws(ScriptScanner.Failure) -> ExpectedResponse {
        ExpectedResponse(data: try data.resolved(variables), of: self)
    }

    /// Whether `response` is as expected. A variable fits nothing until it has a value.
    public func matches(_ response: ResponseAPDU) -> Bool {
        status.matches(response.status.bytes[...]) && (!comparesData || data.matches(response.data))
    }
}
