extension MaskedBytes {
    /// Masks the bytes of `secrets`, wherever they occur.
    package func masking(_ secrets: [[UInt8]]) -> MaskedBytes {
        var masked = self
        masked.mask(secrets, in: 0..<count)
        return masked
    }
}

extension TraceEvent {
    /// Masks the bytes of `secrets` in the data of command and answer. Header and status word stay.
    public func masking(_ secrets: [[UInt8]]) -> TraceEvent {
        var event = self
        event.command.mask(secrets, in: min(4, event.command.count)..<event.command.count)
        if case .response(var response) = event.outcome {
            response.mask(secrets, in: 0..<max(0, response.count - 2))
            event.outcome = .response(response)
        }
        return event
    }
}

extension MaskedBytes {
    fileprivate mutating func mask(_ secrets: [[UInt8]], in ranges: Range<Int>) {
        guard ranges.lowerBound < ranges.upperBound else { return }
        let original = bytes
        for secret in secrets where !secret.isEmpty && secret.count <= ranges.count {
            for ranges in SecretSearch(secret).ranges(in: original[ranges]) { mask(ranges) }
        }
    }
}

/// Searches for a secret in linear time (Knuth, Morris and Pratt, 1977).
private struct SecretSearch {
    private let secret: [UInt8]
    /// For each prefix of the secret, the length of its longest proper border.
    private let borders: [Int]

    init(_ secret: [UInt8]) {
        self.secret = secret
        var borders = [Int](repeating: 0, count: secret.count)
        var matched = 0
        for index in secret.indices.dropFirst() {
            while matched > 0, secret[index] != secret[matched] { matched = borders[matched - 1] }
            if secret[index] == secret[matched] { matched += 1 }
            borders[index] = matched
        }
        self.borders = borders
    }

    /// The ranges of the secret in `bytes`; overlapping ones are merged.
    func ranges(in bytes: ArraySlice<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var matched = 0
        var end = bytes.startIndex
        while end < bytes.endIndex {
            let byte = bytes[end]
            end += 1
            while matched > 0, byte != secret[matched] { matched = borders[matched - 1] }
            guard byte == secret[matched] else { continue }
            matched += 1
            guard matched == secret.count else { continue }
            matched = borders[matched - 1]
            let found = (end - secret.count)..<end
            if let last = ranges.last, last.upperBound >= found.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<found.upperBound
            } else {
                ranges.append(found)
            }
        }
        return ranges
    }
}
