/// Bytes of which some may be free, and between which others may lie.
struct BytesPattern: Sendable, Hashable {
    private let elements: [ScriptElement]

    init(_ elements: [ScriptElement]) { self.elements = elements }

    /// With what the variables hold in the place of their names.
    func resolved(_ variables: ScriptVariables) throws(ScriptScanner.Failure) -> BytesPattern {
        var resolved: [ScriptElement] = []
        for element in elements {
            if case .variable(let reference) = element {
                resolved += try variables.bytes(reference).map { .byte(value: $0, mask: 0xFF) }
            } else {
                resolved.append(element)
            }
            guard resolved.count <= ScriptCommand.greatestCount else {
                throw ScriptScanner.Failure(code: .tooLong, offset: 1)
            }
        }
        return BytesPattern(resolved)
    }

    /// Whether the pattern is all of `bytes`.
    ///
    /// It goes through the elements with the places that can be reached by those before, so that many wildcards cost no
    /// more than their number times the bytes.
    func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
        var reached = [Bool](repeating: false, count: bytes.count + 1)
        reached[0] = true
        for element in elements {
            var next = [Bool](repeating: false, count: bytes.count + 1)
            switch element {
            case .byte(let value, let mask):
                for place in 0..<bytes.count where reached[place] {
                    next[place + 1] = bytes[bytes.startIndex + place] & mask == value
                }
            case .any(let counts):
                // How many of the places from which the wildcard ends here are reached.
                var open = 0
                for place in 0...bytes.count {
                    if place >= counts.lowerBound, reached[place - counts.lowerBound] { open += 1 }
                    if place > counts.upperBound, reached[place - counts.upperBound - 1] { open -= 1 }
                    next[place] = open > 0
                }
            case .variable: return false
            }
            guard next.contains(true) else { return false }
            reached = next
        }
        return reached[bytes.count]
    }
}
