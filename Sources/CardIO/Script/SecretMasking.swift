import ISO7816

extension MaskedBytes {
    /// Without the bytes of `secrets`, wherever they occur.
    func masking(_ secrets: [[UInt8]]) -> MaskedBytes {
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
            for start in places.lowerBound...(places.upperBound - secret.count)
            where original[start..<(start + secret.count)].elementsEqual(secret) {
                mask(start..<(start + secret.count))
            }
        }
    }
}
