/// A byte pattern with free bits and wildcards.
struct BytesPattern: Sendable, Hashable {
    private let elements: [ScriptElement]

    init(_ elements: [ScriptElement]) { self.elements = elements }

    /// Replaces variables by their values.
    func resolved(_ variables: ScriptVariables) throws(ScriptScanner.Failure) -> BytesPattern {
        var resolved: [ScriptElement] = []
        for element in elements {
            if case .variable(let reference) = element {
                resolved += try variables.bytes(reference).map { .byte(value: $0, mask: 0xFF) }
            } else {
                resolved.append(element)
            }
            guard resolved.count <= ScriptCommand.maxCount else {
                throw ScriptScanner.Failure(code: .tooLong, offset: 1)
            }
        }
        return BytesPattern(resolved)
    }

    /// Whether the pattern matches all of `bytes`.
    ///
    /// It tracks the set of positions reachable after each element, so that the cost is at most the number of elements
    /// times the bytes.
    func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
        var reached = [Bool](repeating: false, count: bytes.count + 1)
        reached[0] = true
        for element in elements {
            var next = [Bool](repeating: false, count: bytes.count + 1)
            switch element {
            case .byte(let value, let mask):
                for position in 0..<bytes.count where reached[position] {
                    next[position + 1] = bytes[bytes.startIndex + position] & mask == value
                }
            case .any(let counts):
                // How many reachable start positions let the wildcard end here.
                var open = 0
                for position in 0...bytes.count {
                    if position >= counts.lowerBound, reached[position - counts.lowerBound] { open += 1 }
                    if position > counts.upperBound, reached[position - counts.upperBound - 1] { open -= 1 }
                    next[position] = open > 0
                }
            case .variable: return false
            }
            guard next.contains(true) else { return false }
            reached = next
        }
        return reached[bytes.count]
    }
}
