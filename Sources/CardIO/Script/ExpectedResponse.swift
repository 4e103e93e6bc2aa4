public import ISO7816

/// What a script expects of an answer: `9000`, `61xx`, `00A1B2C3 * 9000`.
///
/// Four digits are a status word and say nothing of the data before it; more are the whole answer. `x` stands for any
/// digit; one `*`, before the status word, for any number of bytes.
public struct ExpectedResponse: Sendable, Hashable, CustomStringConvertible {
    /// One byte, of which the digits not in `mask` are free.
    struct Pattern: Sendable, Hashable {
        var value: UInt8
        var mask: UInt8
        func matches(_ byte: UInt8) -> Bool { byte & mask == value }
    }

    let before: [Pattern]
    /// Bytes between `*` and the status word; nil where no `*` is given.
    let after: [Pattern]?
    let status: [Pattern]
    /// Whether the data count: not where a status word stands alone.
    let comparesData: Bool
    /// As it was written.
    public let description: String

    /// Reads what follows `#=`, or gives nil where it is none.
    public init?(_ text: some StringProtocol) {
        var parts: [[Character]] = [[]]
        for character in text where !character.isWhitespace {
            if character == "*" { parts.append([]) } else { parts[parts.count - 1].append(character) }
        }
        guard parts.count <= 2, let tail = Self.patterns(parts[parts.count - 1]), tail.count >= 2,
            let head = Self.patterns(parts[0])
        else { return nil }
        status = tail.suffix(2)
        before = parts.count == 2 ? head : head.dropLast(2)
        after = parts.count == 2 ? tail.dropLast(2) : nil
        comparesData = parts.count == 2 || !before.isEmpty
        description = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Whether `response` is as expected.
    public func matches(_ response: ResponseAPDU) -> Bool {
        let data = response.data
        guard status[0].matches(response.status.sw1), status[1].matches(response.status.sw2) else { return false }
        guard comparesData else { return true }
        let fixed = before.count + (after?.count ?? 0)
        guard after == nil ? data.count == fixed : data.count >= fixed else { return false }
        return zip(before, data).allSatisfy { $0.matches($1) }
            && zip((after ?? []).reversed(), data.reversed()).allSatisfy { $0.matches($1) }
    }

    private static func patterns(_ digits: [Character]) -> [Pattern]? {
        guard digits.count % 2 == 0 else { return nil }
        var patterns: [Pattern] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            var pattern = Pattern(value: 0, mask: 0)
            for digit in digits[index...(index + 1)] {
                let isFree = digit == "x" || digit == "X"
                guard isFree || digit.isASCII, let value = isFree ? 0 : digit.hexDigitValue else { return nil }
                pattern.value = pattern.value << 4 | UInt8(value)
                pattern.mask = pattern.mask << 4 | (isFree ? 0 : 0xF)
            }
            patterns.append(pattern)
        }
        return patterns
    }
}
