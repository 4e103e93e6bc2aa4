extension MaskedBytes {
    /// Without the bytes of `secrets`, wherever they occur.
    package func masking(_ secrets: [[UInt8]]) -> MaskedBytes {
        var masked = self
        masked.mask(secrets, in: 0..<count)
        return masked
    }
}

extension TraceEvent {
    /// Without the bytes of `secrets`, wherever command and answer have them. Header and status word stay.
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
    fileprivate mutating func mask(_ secrets: [[UInt8]], in places: Range<Int>) {
        guard places.lowerBound < places.upperBound else { return }
        let original = bytes
        for secret in secrets where !secret.isEmpty && secret.count <= places.count {
            for places in SecretSearch(secret).places(in: original[places]) { mask(places) }
        }
    }
}

/// Looks for a secret in one pass, however often its beginning repeats within it (Knuth, Morris and Pratt, 1977).
private struct SecretSearch {
    private let secret: [UInt8]
    /// How many bytes at the end of each beginning of the secret, with itself left out, are a beginning too.
    private let borders: [Int]

    init(_ secret: [UInt8]) {
        self.secret = secret
        var borders = [Int](repeating: 0, count: secret.count)
        var matched = 0
        for place in secret.indices.dropFirst() {
            while matched > 0, secret[place] != secret[matched] { matched = borders[matched - 1] }
            if secret[place] == secret[matched] { matched += 1 }
            borders[place] = matched
        }
        self.borders = borders
    }

    /// Where the secret is in `bytes`; where it overlaps itself, all of it as one.
    func places(in bytes: ArraySlice<UInt8>) -> [Range<Int>] {
        var places: [Range<Int>] = []
        var matched = 0
        for (place, byte) in zip(bytes.indices, bytes) {
            while matched > 0, byte != secret[matched] { matched = borders[matched - 1] }
            guard byte == secret[matched] else { continue }
            matched += 1
            guard matched == secret.count else { continue }
            matched = borders[matched - 1]
            let found = (place + 1 - secret.count)..<(place + 1)
            if let last = places.last, last.upperBound >= found.lowerBound {
                places[places.count - 1] = last.lowerBound..<found.upperBound
            } else {
                places.append(found)
            }
        }
        return places
    }
}
